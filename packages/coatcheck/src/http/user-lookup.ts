import { type Awaitable, after } from "../core/awaitable.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { RequestSession } from "./request-session.ts";

/** See `UserOptions`. */
interface LookupOptions<User> {
  readonly findUser: (userId: string) => Awaitable<User | null | undefined>;
  readonly findRequestUser?: (request: GuardedRequest) => Awaitable<User | null | undefined>;
  isActive?(user: User): boolean;
}

/**
 * UserLookup finds the application's users, by the user id of a session or as a request itself names one, and leaves
 * out users who may not be logged in.
 */
export class UserLookup<User> {
  readonly #options: LookupOptions<User>;

  constructor(options: LookupOptions<User>) {
    this.#options = options;
  }

  /** Whether the user may be logged in. */
  isActive(user: User): boolean {
    return this.#options.isActive === undefined || this.#options.isActive(user) === true;
  }

  /** The user of that id, if the application has one who may be logged in; with `force` an inactive one, too. */
  byId(userId: string, force = false): Awaitable<User | null> {
    return after(this.#options.findUser(userId), (found) => {
      // Not `??`: some libraries return false for no user.
      const user = found || null;
      return user !== null && (force || this.isActive(user)) ? user : null;
    });
  }

  /**
   * The user that a request itself names, as by an API key. Emits an event. Null for a request of another origin's
   * page, to which a browser may have added credentials on its own.
   */
  namedBy({ request, sessions, isCrossOrigin }: RequestSession): Awaitable<User | null> {
    const { findRequestUser: find } = this.#options;
    if (find === undefined || isCrossOrigin) return null;
    return after(find(request), (found) => {
      // Not `??`: `key && users.get(key)` is "" for an empty header, and that is no user.
      const user = found || null;
      if (user === null || !this.isActive(user)) return null;
      sessions.events.emit("user_loaded_from_request", { method: request.method }, request);
      return user;
    });
  }
}
