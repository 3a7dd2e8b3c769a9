import { refuseUnknownOptions } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import { AuthSession } from "./auth-session.ts";
import type { Preflight } from "./cross-origin-sharing.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { type LoginManagerOptions, type LoginRules, loginRulesOf } from "./login-options.ts";
import type { StepUp } from "./login-views.ts";
import type { GuardRefusalCode, Refusal } from "./refusal.ts";
import type { RequestGuard } from "./request-guard.ts";

/** What became of a request: its session, or the answer to give. `ok` and `code` tell them apart. */
export type LoginAdmission<User> = AuthSession<User> | Refusal<GuardRefusalCode> | Preflight;

const STEP_UP: ReadonlySet<string> = new Set<keyof StepUp>(["withinSeconds"]);

/**
 * Sessions are on the framework's own requests: a WeakMap with an entry for each request is what the garbage collector
 * would be busy with.
 */
interface Carrier<User> {
  [key: symbol]: AuthSession<User> | undefined;
}

/**
 * LoginManager knows the application's users: how one is found, who may log in, and where those are sent who have not.
 * What Flask-Login is to Flask, over sessions that can be taken back. For adapters, and for applications that share one
 * guard: `coatcheck()` of an adapter makes one. Immutable.
 */
export class LoginManager<User> {
  /** The guard that every request passes first. */
  readonly guard: RequestGuard;
  readonly #rules: LoginRules<User>;
  /** Of its own, for its ids are of its own users. */
  readonly #key = Symbol("coatcheck.session");

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: LoginManagerOptions<User>) {
    this.#rules = loginRulesOf(options);
    this.guard = options.guard;
  }

  /**
   * Puts a request through the guard: what comes out is its session, or the answer to give. Asks no store.
   *
   * @param carrier where `find` finds the session again: the framework's own request, or what stands for it
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
   * The same for what must be there.
   *
   * @param advice what to write where the request did not pass the guard
   * @throws CoatcheckError `guard_not_installed`
   */
  of(carrier: object, advice: string): AuthSession<User> {
    // JavaScript passes on whatever there is.
    const session = typeof carrier === "object" && carrier !== null ? this.find(carrier) : undefined;
    if (session !== undefined) return session;
    throw new CoatcheckError("guard_not_installed", `This request did not pass the guard. ${advice}`);
  }

  /**
   * The step-up that was asked for, if the policy allows it: for adapters, when a route is made.
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
