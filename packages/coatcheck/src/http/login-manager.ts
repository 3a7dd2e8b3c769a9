import { refuseUnknownOptions } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import { AuthSession } from "./auth-session.ts";
import type { Preflight } from "./cross-origin-sharing.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { type LoginManagerOptions, type LoginRules, loginRulesOf } from "./login-options.ts";
import type { StepUp } from "./login-views.ts";
import type { GuardRefusalCode, Refusal } from "./refusal.ts";
import type { RequestGuard } from "./request-guard.ts";

/** The outcome for a request: its session, or the answer to give. `ok` and `code` tell them apart. */
export type LoginAdmission<User> = AuthSession<User> | Refusal<GuardRefusalCode> | Preflight;

const STEP_UP: ReadonlySet<string> = new Set<keyof StepUp>(["withinSeconds"]);

/**
 * A session is a property of the framework's own request: a WeakMap with an entry for each request would keep the
 * garbage collector busy.
 */
interface Carrier<User> {
  [key: symbol]: AuthSession<User> | undefined;
}

/**
 * LoginManager knows the application's users: how to find one, who may log in, and where to send people who have not.
 * It corresponds to Flask-Login, over sessions that can be revoked. It is for adapters, and for applications that share
 * one guard: `coatcheck()` of an adapter makes one. Immutable.
 */
export class LoginManager<User> {
  /** The guard that every request passes first. */
  readonly guard: RequestGuard;
  readonly #rules: LoginRules<User>;
  /** Each manager has its own, because its ids belong to its own users. */
  readonly #key = Symbol("coatcheck.session");

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: LoginManagerOptions<User>) {
    this.#rules = loginRulesOf(options);
    this.guard = options.guard;
  }

  /**
   * Puts a request through the guard. The result is its session, or the answer to give. Asks no store.
   *
   * @param carrier the object in which `find` finds the session again: the framework's own request, or one in its place
   */
  admit(request: GuardedRequest, carrier?: object): LoginAdmission<User> {
    const admission = this.guard.admit(request);
    if (!admission.ok) return admission;
    const session = new AuthSession(admission, this.#rules);
    if (carrier !== undefined) (carrier as Carrier<User>)[this.#key] = session;
    return session;
  }

  /** The session that was admitted with this carrier; undefined for none, and for one of another manager. */
  find(carrier: object): AuthSession<User> | undefined {
    return (carrier as Carrier<User>)[this.#key];
  }

  /**
   * Like `find`, for a session that must exist.
   *
   * @param advice the text to write if the request did not pass the guard
   * @throws CoatcheckError `guard_not_installed`
   */
  of(carrier: object, advice: string): AuthSession<User> {
    // JavaScript callers may pass anything.
    const session = typeof carrier === "object" && carrier !== null ? this.find(carrier) : undefined;
    if (session !== undefined) return session;
    throw new CoatcheckError("guard_not_installed", `This request did not pass the guard. ${advice}`);
  }

  /**
   * Checks a requested step-up against the policy: for adapters, when a route is made.
   *
   * @throws CoatcheckError `invalid_configuration` for one longer than the policy's `freshForSeconds`
   */
  validateStepUp(options: StepUp): StepUp {
    refuseUnknownOptions("A step-up", options, STEP_UP);
    const { freshForSeconds } = this.guard.sessions.policy;
    const { withinSeconds = freshForSeconds } = options;
    if (!(typeof withinSeconds === "number" && withinSeconds > 0 && withinSeconds <= freshForSeconds)) {
      const message = `withinSeconds is more than 0, and at most the policy's freshForSeconds, ${freshForSeconds}.`;
      throw new CoatcheckError("invalid_configuration", message);
    }
    return options;
  }
}
