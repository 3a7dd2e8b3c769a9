import { CoatcheckError } from "../../errors.ts";
import type { AuthSession } from "../../http/auth-session.ts";

interface Carrier<User> {
  [key: symbol]: AuthSession<User> | undefined;
}

/**
 * CarriedSessions are on the framework's own requests, or on what stands for one, under a symbol: a WeakMap with an entry
 * for each request is what the garbage collector would be busy with. Each door has a symbol of its own, for its ids are
 * of its own users.
 */
export class CarriedSessions<User> {
  readonly #key = Symbol("coatcheck.session");
  readonly #advice: string;

  /** @param advice what to write where a request did not pass the guard */
  constructor(advice: string) {
    this.#advice = advice;
  }

  put(request: object, session: AuthSession<User>): void {
    (request as Carrier<User>)[this.#key] = session;
  }

  find(request: object): AuthSession<User> | undefined {
    return (request as Carrier<User>)[this.#key];
  }

  /** @throws CoatcheckError `guard_not_installed` */
  of(request: object): AuthSession<User> {
    // JavaScript passes on whatever there is, such as a request that was destructured.
    const session = typeof request === "object" && request !== null ? this.find(request) : undefined;
    if (session !== undefined) return session;
    throw new CoatcheckError("guard_not_installed", `This request did not pass the guard. ${this.#advice}`);
  }
}
