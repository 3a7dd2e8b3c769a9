import type { Authentication, Session } from "../core/session.ts";
import type { SessionManager } from "../core/session-manager.ts";
import type { Visit } from "./visit.ts";

export interface ProtectionOptions {
  readonly sessionProtection: "basic" | "strong" | "off";
  readonly isSameClient: (session: Session, visit: Visit) => boolean;
}

/** ProtectedSession is a visit's session, as far as it may be believed to be with the client that began it. */
export class ProtectedSession {
  readonly #visit: Visit;
  readonly #sessions: SessionManager;
  readonly #options: ProtectionOptions;
  #isReported = false;

  constructor(visit: Visit, sessions: SessionManager, options: ProtectionOptions) {
    this.#visit = visit;
    this.#sessions = sessions;
    this.#options = options;
  }

  /** The session, or null without one. Ends one that another client presents, where the protection is "strong". */
  async authenticate(): Promise<Authentication | null> {
    const held = await this.#visit.authenticate();
    if (held.status !== "authenticated") return null;
    if (this.isSameClient(held)) return held;
    this.#report(held.session);
    if (this.#options.sessionProtection !== "strong") return held;
    // Ended before it is refused: the cookie would otherwise be as good as before for its thief.
    await this.#sessions.revoke(held.session.userId, held.session.id, "client_changed", {
      cause: this.#visit.request,
    });
    this.#visit.forget();
    return null;
  }

  isSameClient(held: Authentication): boolean {
    const { sessionProtection, isSameClient } = this.#options;
    // A promise, which a script may return here, is no yes.
    return sessionProtection === "off" || isSameClient(held.session, this.#visit) === true;
  }

  isFresh(held: Authentication, withinSeconds = this.#sessions.policy.freshForSeconds): boolean {
    return this.isSameClient(held) && this.#sessions.isFreshWithin(held, withinSeconds);
  }

  #report({ userId, id }: Session): void {
    const protection = this.#options.sessionProtection;
    if (this.#isReported || protection === "off") return;
    this.#isReported = true;
    this.#sessions.events.emit("session_protected", { userId, sessionId: id, protection }, this.#visit.request);
  }
}
