import type { SessionManager } from "../../core/session-manager.ts";
import type { GuardedRequest } from "../../http/guarded-request.ts";
import type { LoginAdmission } from "../../http/login-manager.ts";
import type { RequestGuard } from "../../http/request-guard.ts";

/** The members of every front door that are the same in each framework. */
export interface DoorAuth<User> {
  /**
   * Puts what is no request of the framework's through the same guard, such as a WebSocket upgrade, or a request that a
   * proxy asks about: its session, or the answer to give. `finish` tells what to write into the response.
   */
  admit(request: GuardedRequest): LoginAdmission<User>;
  /** The guard that every request passes first: `loggedInClient` of `coatcheck/testing` asks for it. */
  readonly guard: RequestGuard;
  /** The sessions of all users: to end those of one who was banned, and to hear of events. */
  readonly sessions: SessionManager;
  /** Ends the timer that removes expired sessions. The store is the application's to close, afterwards. */
  close(): Promise<void>;
}
