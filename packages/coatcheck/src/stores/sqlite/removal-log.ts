import { RemovalListeners } from "../../core/removal-listeners.ts";
import type { EndReason, RemovedSession } from "../../core/session-record.ts";
import type { ChannelListener, RemovalListener } from "../../core/session-store.ts";
import type { SqliteDatabase, SqliteStatement } from "./database.ts";

/** How long other processes can read a removal. They look many times a second, unless they are suspended. */
const RETENTION_MILLISECONDS = 600_000;
/**
 * The newest entries stay, however old they are: if a clock jumps ahead, as on a suspended machine that wakes up, one
 * process must not remove entries that the others have had no time to read.
 */
const NEWEST_KEPT = 1_000;

/**
 * RemovalLog tells every process on the file of the removals by any of them. A transaction that removes sessions also
 * writes them to the log. Every process reads them from the log, even the one that wrote them, so all listeners hear of
 * them in the order of the commits. A process reads right after its own commit, and otherwise at intervals.
 */
export class RemovalLog {
  readonly #listeners = new RemovalListeners("open");
  readonly #pollIntervalMilliseconds: number;
  readonly #statements: Record<"append" | "prune" | "oldest" | "newest" | "after", SqliteStatement>;
  readonly #dataVersion: () => unknown;
  #lastSeenId = 0;
  #lastDataVersion: unknown = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(database: SqliteDatabase, pollIntervalMilliseconds: number) {
    this.#pollIntervalMilliseconds = pollIntervalMilliseconds;
    this.#dataVersion = () => database.pragma("data_version", { simple: true });
    this.#statements = {
      append: database.prepare(
        `INSERT INTO coatcheck_removals (user_key, session_id, user_id, reason, removed_at) VALUES (?, ?, ?, ?, ?)`,
      ),
      prune: database.prepare(
        `DELETE FROM coatcheck_removals WHERE id IN (SELECT id FROM coatcheck_removals
         WHERE removed_at < ? AND id <= (SELECT max(id) FROM coatcheck_removals) - ${NEWEST_KEPT}
         ORDER BY removed_at LIMIT ?)`,
      ),
      oldest: database.prepare("SELECT coalesce(min(id), 0) FROM coatcheck_removals").pluck(),
      newest: database.prepare("SELECT coalesce(max(id), 0) FROM coatcheck_removals").pluck(),
      after: database
        .prepare("SELECT id, user_key, session_id, user_id, reason FROM coatcheck_removals WHERE id > ? ORDER BY id")
        .raw(),
    };
  }

  /** Call this inside the transaction that removes the sessions. */
  append(removed: readonly RemovedSession[], now: number): void {
    for (const { userKey, sessionId, userId, reason } of removed) {
      this.#statements.append.run(userKey, sessionId, userId, reason, now);
    }
    // Removes twice as many entries as were added, so that the log does not grow for ever; and no more, so that no
    // request waits long.
    if (removed.length > 0) this.#statements.prune.run(now - RETENTION_MILLISECONDS, 2 * removed.length);
  }

  /** Passes the new entries to the listeners. Call this after each commit that removed something. */
  publish(): void {
    if (this.#timer === null) return;
    try {
      this.#readNew();
    } catch {
      // The file is locked or failing. The removal stands, and the next look finds it.
      this.#lastDataVersion = null;
    }
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    if (this.#timer === null) {
      this.#lastSeenId = this.#statements.newest.get() as number;
      this.#timer = setInterval(() => this.#poll(), this.#pollIntervalMilliseconds).unref();
    }
    const unsubscribe = this.#listeners.add(listener, onChannel);
    return () => {
      unsubscribe();
      if (this.#listeners.isEmpty) this.close();
    };
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#listeners.clear();
  }

  #poll(): void {
    try {
      const dataVersion = this.#dataVersion();
      // The version changes with every commit of another connection, so a look without news costs next to nothing.
      if (dataVersion === this.#lastDataVersion) return;
      this.#readNew();
      this.#lastDataVersion = dataVersion;
    } catch {
      // The file is locked or failing. Nothing was marked as seen, so the next look finds it.
    }
  }

  #readNew(): void {
    this.#reportGap();
    for (const [id, userKey, sessionId, userId, reason] of this.#statements.after.all(this.#lastSeenId) as LogRow[]) {
      this.#lastSeenId = id;
      this.#listeners.tell([{ userKey, sessionId, userId, reason }]);
    }
  }

  /** Reports a gap to a process that was suspended for so long that entries were removed before it read them. */
  #reportGap(): void {
    const oldestId = this.#statements.oldest.get() as number;
    if (oldestId <= this.#lastSeenId + 1) return;
    this.#lastSeenId = oldestId - 1;
    this.#listeners.report("interrupted");
    this.#listeners.report("open");
  }
}

type LogRow = readonly [id: number, userKey: string, sessionId: string, userId: string, reason: EndReason];
