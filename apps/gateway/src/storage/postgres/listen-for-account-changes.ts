import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { keepListening, type ListeningAttempt, type Subscription } from "coatcheck/store";
import pg from "pg";
import type { AccountChangeListener } from "../../accounts/account-changes.ts";
import type { AccountPool } from "./account-pool.ts";

/** The channel on which the tables' triggers notify. */
const CHANNEL = "coatcheck_account_changes";
/** The deadline for connecting, for each statement, and for hearing a notification. */
const DEADLINE_MILLISECONDS = 2_000;
/** Longer than these together, so that the step that meets a fault reports it. */
const OPENING_MILLISECONDS = 5 * DEADLINE_MILLISECONDS;

export interface AccountListenerOptions {
  /**
   * The URL of Postgres itself: behind a pooler such as PgBouncer, which hands connections on, no notification arrives.
   */
  readonly url: string;
  /** The connections on which changes are made, as on other nodes. */
  readonly pool: AccountPool;
  /** Called after each failure. */
  readonly onFault: (error: unknown) => void;
  /** Called each time listening begins. */
  readonly onHeard: () => void;
}

/** Listens on a connection of its own, which does not keep the process alive. */
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
  /**
   * A channel for this connection alone. If the connection hears what the pool notifies here, it hears of changes too.
   */
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

  /** Rejects if the connection does not hear the pool's notification. */
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
