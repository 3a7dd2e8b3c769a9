import type { SessionManager } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import type { FastifyBaseLogger } from "fastify";
import type { AccountStore } from "../../accounts/account-store.ts";
import { findSessionOwner } from "../../accounts/session-owner.ts";
import type { LiveConnections } from "./live-connections.ts";

export interface SessionWatchParts {
  readonly live: LiveConnections;
  readonly store: SessionStore;
  readonly sessions: SessionManager;
  readonly accounts: AccountStore;
  readonly log: FastifyBaseLogger;
}

/**
 * SessionWatch closes open connections when their session ends: at once for removals that any node announces on the
 * store's channel, after a gap in the channel by checking again, and periodically for sessions that simply expired.
 */
export class SessionWatch {
  readonly #parts: SessionWatchParts;
  readonly #unsubscribe: () => void;
  #wasInterrupted = false;
  #checking: Promise<void> | null = null;

  constructor(parts: SessionWatchParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.store.subscribe(
      ({ sessionId, reason }) => this.#report(sessionId, reason, parts.live.end(sessionId)),
      (state) => {
        if (state === "open" && this.#wasInterrupted) void this.check();
        this.#wasInterrupted = state === "interrupted";
      },
    );
  }

  /** Looks at every session that has something open, and ends what has none any more. Calls that overlap are one. */
  check(): Promise<void> {
    this.#checking ??= this.#checkAll().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  close(): void {
    this.#unsubscribe();
  }

  async #checkAll(): Promise<void> {
    const { live, sessions, accounts, log } = this.#parts;
    const idsByUser = new Map<string, string[]>();
    for (const { userId, id } of live.sessions()) idsByUser.set(userId, [...(idsByUser.get(userId) ?? []), id]);
    for (const [userId, ids] of idsByUser) {
      try {
        const alive = new Set((await sessions.list(userId)).map(({ id }) => id));
        const owner = await findSessionOwner(accounts, { userId });
        for (const id of ids) {
          if (owner === null || !alive.has(id)) this.#report(id, "found ended", live.end(id));
          else this.#report(id, "role taken", live.endWithoutRole(id, owner.roles));
        }
      } catch (error) {
        // A session that cannot be checked stays open until it can: a store that is down must not end the work of all
        // users.
        log.warn({ event: "watch_failed", err: error }, "open connections could not be checked");
      }
    }
  }

  #report(sessionId: string, reason: string, connections: number): void {
    if (connections === 0) return;
    this.#parts.log.info({ event: "connections_ended", sessionId, reason, connections }, "connections ended");
  }
}
