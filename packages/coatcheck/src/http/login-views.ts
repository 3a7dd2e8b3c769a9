import { refuseUnknownOptions } from "../core/known-options.ts";
import { CoatcheckError } from "../errors.ts";
import type { Refusal } from "./refusal.ts";
import { safeNext } from "./safe-next.ts";

/** Where a person is sent who has to log in: a path of this application, such as "/login". */
export interface LoginViews {
  /** For pages that need a login. Null, a LoginManager's default, answers 401, which is what scripts get in any case. */
  readonly loginView?: string | null;
  /** For pages that need a fresh login. Null, a LoginManager's default, answers 403. */
  readonly refreshView?: string | null;
}

/** The views of one part of an application, or its own way to answer, in the framework's terms. */
export interface LoginHandlers<Handler> extends LoginViews {
  /** Answers a request that needs a login; by default the login view, for pages, and else 401. */
  readonly unauthorizedHandler?: Handler;
  /** Answers a request that needs a fresh login; by default the refresh view, for pages, and else 403. */
  readonly needsRefreshHandler?: Handler;
}

/** A step-up: how long ago the proof of identity may be. */
export interface StepUp {
  /** At most the policy's `freshForSeconds`, which is the default. */
  readonly withinSeconds?: number;
}

const VIEWS: ReadonlySet<string> = new Set<keyof LoginHandlers<unknown>>([
  "loginView",
  "refreshView",
  "unauthorizedHandler",
  "needsRefreshHandler",
]);

export function handlerFor<Handler>(refusal: Refusal, handlers: LoginHandlers<Handler>): Handler | undefined {
  return refusal.code === "unauthenticated" ? handlers.unauthorizedHandler : handlers.needsRefreshHandler;
}

/**
 * A view on another host would be told what its visitors wanted to see, and a browser would not come back logged in.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function validateViews<Views extends LoginViews>(views: Views, others: readonly string[] = []): Views {
  refuseUnknownOptions("A login", views, new Set([...VIEWS, ...others]));
  for (const view of [views.loginView, views.refreshView]) {
    if (typeof view !== "string" || safeNext(view, "") === view) continue;
    const message = `A login view is a path of this application, such as "/login", not "${view}".`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  return views;
}
