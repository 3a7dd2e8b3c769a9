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
 * LoginManager knows the application's users: how one is found, who may log in, and where those are sent who have not.
 * What Flask-Login is to Flask, over sessions that can be taken back. For adapters, and for applications that share one
 * guard: `coatcheck()` of an adapter makes one. Immutable.
 */
export class LoginManager<User> {
  /** The guard that every request passes first. */
  readonly guard: RequestGuard;
  readonly #rules: LoginRules<User>;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: LoginManagerOptions<User>) {
    this.#rules = loginRulesOf(options);
    this.guard = options.guard;
  }

  /** Puts a request through the guard: what comes out is its session, or the answer to give. Asks no store. */
  admit(request: GuardedRequest): LoginAdmission<User> {
    const admission = this.guard.admit(request);
    return admission.ok ? new AuthSession(admission, this.#rules) : admission;
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
