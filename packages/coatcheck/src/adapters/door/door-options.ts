import type { SessionManager } from "../../core/session-manager.ts";
import type { SessionManagerOptions } from "../../core/session-manager-options.ts";
import type { SessionStore } from "../../core/session-store.ts";
import type { GuardedRequest } from "../../http/guarded-request.ts";
import type { UserOptions } from "../../http/login-options.ts";
import type { LoginHandlers } from "../../http/login-views.ts";
import type { OriginOptions } from "../../http/request-guard.ts";

/** The options of every `coatcheck()`: the application's origin, its users, and the place of its sessions. */
export interface DoorOptions<User, Handler>
  extends OriginOptions,
    UserOptions<User>,
    LoginHandlers<Handler>,
    Omit<SessionManagerOptions, "store"> {
  /**
   * The store of the sessions. By default it is the memory of this process: a restart ends them, and no other process
   * knows them.
   */
  readonly store?: SessionStore;
  /**
   * Sessions that are made elsewhere, in place of `store`, `policy`, `namespace`, `clock` and `events`: for an application
   * with several origins. Expired ones are then removed elsewhere, too. By default made of these options.
   */
  readonly sessions?: SessionManager;
}

/** The option that lets a request name its user without a session. */
export interface RequestUserOption<User> {
  /** See `UserOptions`. */
  readonly findRequestUser: (request: GuardedRequest) => User | null | undefined | Promise<User | null | undefined>;
}

/** Leaves that option out: then a user who is logged in has a session. */
export interface NoRequestUserOption {
  readonly findRequestUser?: undefined;
}
