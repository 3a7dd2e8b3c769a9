import { refuseUnknownOptions, requireFunction } from "../core/known-options.ts";
import type { Authentication } from "../core/session.ts";
import { written } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";
import { type GuardedRequest, pathOf } from "./guarded-request.ts";
import { isNavigation, opensPage, viewWithNext } from "./navigation.ts";
import { type Refusal, refusalOf } from "./refusal.ts";
import type { RequestSession } from "./request-session.ts";
import { safeNext } from "./safe-next.ts";

/** Where a person is sent to log in: a path of this application, such as "/login". */
export interface LoginViews {
  /**
   * For pages and forms that need a login. Null, the default, answers 401, which is what scripts get in any case: what is
   * no navigation by its Sec-Fetch-Mode and, without one, does not accept HTML.
   */
  readonly loginView?: string | null;
  /** For pages and forms that need a fresh login. Null, the default, answers 403, which is what scripts get. */
  readonly refreshView?: string | null;
}

/** The views of one part of an application, or its own way to answer, in the framework's terms. */
export interface LoginHandlers<Handler> extends LoginViews {
  /** Answers a request that needs a login; by default the login view, for pages and forms, and else 401. */
  readonly unauthorizedHandler?: Handler;
  /** Answers a request that needs a fresh login; by default the refresh view, for pages and forms, and else 403. */
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
 * A view on another host would be told what its visitors wanted to see, and a browser would not come back logged in.
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
 * The same for what a router answers by itself.
 *
 * @throws CoatcheckError `invalid_configuration`
 */
export function validateHandlers<Handler, Handlers extends LoginHandlers<Handler>>(handlers: Handlers): Handlers {
  validateViews(handlers, HANDLER_OPTIONS);
  for (const name of HANDLER_OPTIONS) requireFunction(name, handlers[name]);
  return handlers;
}

/** The answer to a request without a user, which is reported. */
export function refuseAnonymous({ request, sessions }: RequestSession, view: string | null): Refusal {
  sessions.events.emit("unauthorized", { method: request.method }, request);
  return refusalOf("unauthenticated", { location: viewLocation(view, request) });
}

/** The answer to a request whose login is not fresh, which is reported; `held` is null for a user without a session. */
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

/** The view, with the way back, for a person. A script is told by the status: then null. */
function viewLocation(view: string | null, request: GuardedRequest): string | null {
  return view === null || !isNavigation(request) ? null : viewWithNext(view, pageToReturnTo(request));
}

/** The page that a person opened. Behind a form it is the page of the form: nothing else can be opened again. */
function pageToReturnTo(request: GuardedRequest): string {
  const path = pathOf(opensPage(request) ? request : { url: pageOfForm(request) });
  return path === null ? "/" : path.pathname + path.search;
}

/** Only where the browser vouches that the page is of this origin: another one's path means nothing here. */
function pageOfForm({ headers }: GuardedRequest): string | undefined {
  return headers.get("sec-fetch-site") === "same-origin" ? (headers.get("referer") ?? undefined) : undefined;
}
