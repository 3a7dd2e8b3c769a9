import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import type { AccountChangeListener } from "../../accounts/account-changes.ts";
import type { AccountPool } from "./account-pool.ts";

/** What the tables' triggers notify of. */
const CHANNEL = "coatcheck_account_changes";
const HEARTBEAT_MILLISECONDS = 1_000;
/** For connecting, and for hearing what was said. */
const DEADLINE_MILLISECONDS = 2_000;
const SHORTEST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 2_000;

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
  const { signal } = stopping;
  async function keepListening(): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const connection = new ListeningConnection(url, pool, {
        ...listener,
        listening() {
          onHeard();
          listener.listening();
        },
      });
      await connection.keep(signal).catch(onFault);
      if (signal.aborted) return;
      listener.interrupted();
      if (connection.wasHeard) failures = 0;
      await pause(pauseAfter(failures), undefined, { signal, ref: false }).catch(() => {});
    }
  }
  void keepListening();
  return () => stopping.abort();
}

/** One connection, from its beginning to its end. */
class ListeningConnection {
  wasHeard = false;
  readonly #client: pg.Client;
  readonly #pool: AccountPool;
  readonly #listener: AccountChangeListener;
  /** Of this connection alone: what the pool says there it must hear, or it would not hear of changes either. */
  readonly #ownChannel = `coatcheck_heartbeat_${randomBytes(8).toString("hex")}`;
  readonly #broken = new AbortController();
  #onOwn: () => void = () => {};

  constructor(url: string, pool: AccountPool, listener: AccountChangeListener) {
    this.#pool = pool;
    this.#listener = listener;
    this.#client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: DEADLINE_MILLISECONDS,
      query_timeout: DEADLINE_MILLISECONDS,
      keepAlive: true,
    });
    this.#client.on("error", (error) => this.#broken.abort(error));
    this.#client.on("end", () => this.#broken.abort(new Error("The connection ended.")));
    this.#client.on("notification", ({ channel, payload = "" }) => {
      if (channel === CHANNEL) listener.changed(payload);
      else this.#onOwn();
    });
  }

  /** Resolves when it is to stop, and rejects when nothing may be heard any more. */
  async keep(stopping: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([stopping, this.#broken.signal]);
    try {
      await this.#client.connect();
      await this.#client.query(`LISTEN ${CHANNEL}`);
      await this.#client.query(`LISTEN ${this.#ownChannel}`);
      while (!stopping.aborted) {
        await this.#hearThePool(ended);
        if (!this.wasHeard && !ended.aborted) this.#listener.listening();
        this.wasHeard = true;
        await pause(HEARTBEAT_MILLISECONDS, undefined, { signal: ended, ref: false });
      }
    } catch (error) {
      if (!stopping.aborted) throw this.#broken.signal.reason ?? error;
    } finally {
      // Whether it still ends well is of no concern: it is not used any more.
      this.#client.end().catch(() => {});
    }
  }

  async #hearThePool(ended: AbortSignal): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.#onOwn = resolve;
    });
    await this.#pool.query("SELECT pg_notify($1, '')", [this.#ownChannel]);
    const late = pause(DEADLINE_MILLISECONDS, "late", { signal: ended, ref: false });
    late.catch(() => {});
    if ((await Promise.race([heard, late])) === "late") {
      throw new Error("what is notified is not heard: the listener must reach Postgres itself, not by way of a pooler");
    }
  }
}

/** Longer each time, and by a random part, so that a server that comes back is not run over. */
function pauseAfter(failures: number): number {
  const longest = Math.min(LONGEST_PAUSE_MILLISECONDS, SHORTEST_PAUSE_MILLISECONDS * 2 ** failures);
  return longest / 2 + Math.random() * (longest / 2);
}
