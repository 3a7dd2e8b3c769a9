import { refuseUnknownOptions } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import { type LoginManagerOptions, type LoginRules, loginRulesOf } from "./login-rules.ts";
import type { StepUp } from "./login-views.ts";
import { LoginVisit } from "./login-visit.ts";
import type { RequestGuard } from "./request-guard.ts";
import type { Visit } from "./visit.ts";

const STEP_UP: ReadonlySet<string> = new Set<keyof StepUp>(["withinSeconds"]);

/**
 * LoginManager knows the application's users: how one is loaded, who may log in, and where those are sent who have not.
 * What Flask-Login is to Flask, over sessions that can be taken back. One for an application; immutable.
 */
export class LoginManager<User, Anonymous = null, RequestUser extends User = never> {
  /** The guard that every request passes first. */
  readonly guard: RequestGuard;
  readonly #rules: LoginRules<User, Anonymous, RequestUser>;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(options: LoginManagerOptions<User, Anonymous, RequestUser>) {
    if (!options.guard) throw new CoatcheckError("invalid_configuration", "A LoginManager needs a RequestGuard.");
    this.guard = options.guard;
    this.#rules = loginRulesOf(options);
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

  /**
   * The user's side of a visit: always the same one for the same visit.
   *
   * @throws CoatcheckError `guard_not_installed` for no visit, or one of another guard: its ids are of other users
   */
  of(visit: Visit): LoginVisit<User, Anonymous, RequestUser> {
    if (!visit?.isOf(this.guard.sessions)) {
      const message = "This request did not pass the guard of these logins. Register it before the routes.";
      throw new CoatcheckError("guard_not_installed", message);
    }
    return visit.companionOf(this, () => new LoginVisit(visit, this.guard.sessions, this.#rules));
  }
}
