import { refuseUnknownOptions, requireFunction } from "../core/known-options.ts";
import type { Authentication } from "../core/session.ts";
import { written } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";
import { type GuardedRequest, pathOf } from "./guarded-request.ts";
import { isNavigation, opensPage, viewWithNext } from "./navigation.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { RequestSession } from "./request-session.ts";
import { safeNext } from "./safe-next.ts";

/** The places where a person is sent to log in: paths of this application, such as "/login". */
export interface LoginViews {
  /**
   * For pages and forms that need a login. Null, the default, answers 401. Scripts get 401 in any case. A request comes
   * from a script if its Sec-Fetch-Mode is no navigation or, without that header, if it does not accept HTML.
   */
  readonly loginView?: string | null;
  /** For pages and forms that need a fresh login. Null, the default, answers 403, as scripts get in any case. */
  readonly refreshView?: string | null;
}

/** The views of one part of an application, or its own handlers, in the framework's terms. */
export interface LoginHandlers<Handler> extends LoginViews {
  /**
   * Answers a request that needs a login. By default pages and forms get the login view, and all other requests 401.
   */
  readonly unauthorizedHandler?: Handler;
  /**
   * Answers a request that needs a fresh login. By default pages and forms get the refresh view, and all others 403.
   */
  readonly needsRefreshHandler?: Handler;
}

/** A step-up: how long ago the proof of identity may be. */
export interface StepUp {
  /** At most the policy's `freshForSeconds`, which is the default. */
  readonly withinSeconds?: number;
}

export const HANDLER_OPTIONS = [
  "unauthorizedHandler",
  "needsRefreshHandler",
] as const satisfies readonly (keyof LoginHandlers<unknown>)[];

const VIEWS = ["loginView", "refreshView"] as const satisfies readonly (keyof LoginViews)[];

export function handlerFor<Handler>(refusal: Refusal, handlers: LoginHandlers<Handler>): Handler | undefined {
  return refusal.code === "unauthenticated" ? handlers.unauthorizedHandler : handlers.needsRefreshHandler;
}

/**
 * A view on another host would learn which page its visitors wanted, and a browser would not come back logged in.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function validateViews<Views extends LoginViews>(views: Views, others: readonly string[] = []): Views {
  refuseUnknownOptions("A login", views, new Set([...VIEWS, ...others]));
  for (const name of VIEWS) {
    const view = views[name];
    if (view === undefined || view === null || (typeof view === "string" && safeNext(view, "") === view)) continue;
    const message = `${name} is a path of this application, such as "/login", not ${written(view)}.`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  return views;
}

/**
 * Validates the options of a router's own handlers in the same way.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function validateHandlers<Handler, Handlers extends LoginHandlers<Handler>>(handlers: Handlers): Handlers {
  validateViews(handlers, HANDLER_OPTIONS);
  for (const name of HANDLER_OPTIONS) requireFunction(name, handlers[name]);
  return handlers;
}

/** The answer to a request without a user. Emits an event. */
export function refuseAnonymous({ request, sessions }: RequestSession, view: string | null): Refusal {
  sessions.events.emit("unauthorized", { method: request.method }, request);
  return refusalOf("unauthenticated", { location: viewLocation(view, request) });
}

/** The answer to a request whose login is not fresh. Emits an event. `held` is null for a user without a session. */
export function refuseStale(
  { request, sessions }: RequestSession,
  held: Authentication | null,
  view: string | null,
): Refusal {
  if (held !== null) {
    const { userId, id: sessionId } = held.session;
    sessions.events.emit("needs_refresh", { userId, sessionId, method: request.method }, request);
  }
  return refusalOf("reauthentication_required", { location: viewLocation(view, request) });
}

/** The address of the view, with the way back, for a person. Null for a script, which gets the status. */
function viewLocation(view: string | null, request: GuardedRequest): string | null {
  return view === null || !isNavigation(request) ? null : viewWithNext(view, pageToReturnTo(request));
}

/** The page that a person opened. For a form it is the page that the form is on: nothing else can be opened again. */
function pageToReturnTo(request: GuardedRequest): string {
  const path = pathOf(opensPage(request) ? request : { url: pageOfForm(request) });
  return path === null ? "/" : path.pathname + path.search;
}

/** Only if the browser vouches that the page is of this origin: a path of another origin means nothing here. */
function pageOfForm({ headers }: GuardedRequest): string | undefined {
  return headers.get("sec-fetch-site") === "same-origin" ? (headers.get("referer") ?? undefined) : undefined;
}
