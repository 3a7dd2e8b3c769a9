import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { keepListening, type ListeningAttempt, type Subscription } from "coatcheck/store";
import pg from "pg";
import type { AccountChangeListener } from "../../accounts/account-changes.ts";
import type { AccountPool } from "./account-pool.ts";

/** What the tables' triggers notify of. */
const CHANNEL = "coatcheck_account_changes";
/** For connecting, for each statement, and for hearing what was said. */
const DEADLINE_MILLISECONDS = 2_000;
/** Longer than these together, so that a fault is told by the step that met it. */
const OPENING_MILLISECONDS = 5 * DEADLINE_MILLISECONDS;

export interface AccountListenerOptions {
  /** Of Postgres itself: what hands a connection on in between, as PgBouncer may, lets nothing be heard. */
  readonly url: string;
  /** Where changes are made, as other nodes make them. */
  readonly pool: AccountPool;
  /** Told of each failure. */
  readonly onFault: (error: unknown) => void;
  /** Told of each beginning. */
  readonly onHeard: () => void;
}

/** Listens on a connection of its own. Keeps no process alive. */
export function listenForAccountChanges(
  listener: AccountChangeListener,
  { url, pool, onFault, onHeard }: AccountListenerOptions,
): () => void {
  const stopping = new AbortController();
  void keepListening({
    signal: stopping.signal,
    listen: (attempt) =>
      ListeningConnection.open(url, pool, { attempt, changed: (userId) => listener.changed(userId) }),
    onOpen() {
      onHeard();
      listener.listening();
    },
    onInterrupted: () => listener.interrupted(),
    onFault,
    openingMilliseconds: OPENING_MILLISECONDS,
  });
  return () => stopping.abort();
}

interface ConnectionParts {
  readonly attempt: ListeningAttempt;
  readonly changed: (userId: string) => void;
}

/** One connection, from its beginning to its end. */
class ListeningConnection implements Subscription {
  readonly #client: pg.Client;
  readonly #pool: AccountPool;
  readonly #attempt: ListeningAttempt;
  /** Of this connection alone: what the pool says there it must hear, or it would not hear of changes either. */
  readonly #ownChannel = `coatcheck_heartbeat_${randomBytes(8).toString("hex")}`;
  #onOwn: () => void = () => {};

  private constructor(url: string, pool: AccountPool, { attempt, changed }: ConnectionParts) {
    this.#pool = pool;
    this.#attempt = attempt;
    this.#client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: DEADLINE_MILLISECONDS,
      query_timeout: DEADLINE_MILLISECONDS,
      keepAlive: true,
    });
    this.#client.on("error", (error) => attempt.lose(error));
    this.#client.on("end", () => attempt.lose(new Error("The connection ended.")));
    this.#client.on("notification", ({ channel, payload = "" }) => {
      if (channel === CHANNEL) changed(payload);
      else this.#onOwn();
    });
  }

  static async open(url: string, pool: AccountPool, parts: ConnectionParts): Promise<ListeningConnection> {
    const connection = new ListeningConnection(url, pool, parts);
    try {
      await connection.#begin();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Rejects if the connection does not hear what the pool says. */
  async ping(): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#onOwn = resolve;
    });
    await this.#pool.query("SELECT pg_notify($1, '')", [this.#ownChannel]);
    const late = pause(DEADLINE_MILLISECONDS, "late", { signal: this.#attempt.signal, ref: false });
    late.catch(() => {});
    if ((await Promise.race([heard, late])) === "late") {
      throw new Error("what is notified is not heard: the listener must reach Postgres itself, not by way of a pooler");
    }
  }

  close(): void {
    this.#client.end().catch(() => {});
  }

  async #begin(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(`LISTEN ${CHANNEL}`);
    await this.#client.query(`LISTEN ${this.#ownChannel}`);
    await this.ping();
  }
}
