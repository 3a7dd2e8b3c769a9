/** Sessions and logins for handlers that get a Request and give a Response: Next.js, SvelteKit, Remix, Bun, Deno. @module */

import { type Awaitable, after } from "../core/awaitable.ts";
import { CoatcheckError } from "../errors.ts";
import { type Answer, answerTo, faultAnswer } from "../http/answer.ts";
import type { AuthSession } from "../http/auth-session.ts";
import type { LoggedIn, LoggedInOrRequestUser } from "../http/logged-in.ts";
import type { CredentialCheck, LoginOutcome, UserLoginOptions } from "../http/login-outcome.ts";
import { handlerFor, type LoginHandlers, type StepUp } from "../http/login-views.ts";
import type { Refusal } from "../http/refusal.ts";
import type { DoorAuth } from "./door/door-auth.ts";
import type { DoorOptions, NoRequestUserOption, RequestUserOption } from "./door/door-options.ts";
import { finishResponse } from "./door/finish-response.ts";
import { type Decide, type Door, doorWith, openDoor, requireHandler } from "./door/open-door.ts";
import { GuardedFetchRequest } from "./fetch/guarded-request.ts";

/** Answers a refused request in the application's own way. */
export type FetchRefusalHandler = (refusal: Refusal, request: Request) => Awaitable<Response>;

/** The views of one part of the application, or its own way to answer. */
export type FetchHandlers = LoginHandlers<FetchRefusalHandler>;

/** The options that only this framework needs. */
interface OwnOptions {
  /** The client's address, as the platform or a proxy of yours tells it; by default none is kept. */
  readonly clientAddress?: (request: Request) => string | undefined;
}

/** Where the application is, how it finds its users, and what differs from the defaults. */
export interface FetchOptions<User> extends DoorOptions<User, FetchRefusalHandler>, OwnOptions {}

/** The function that the framework calls. Its other arguments are passed on, after the session. */
export type FetchRoute<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>;

/** A handler that is given the session, too. */
export type FetchHandler<Rest extends unknown[], Session> = (
  request: Request,
  auth: Session,
  ...rest: Rest
) => Awaitable<Response>;

/** Puts every request of a handler through the guard. */
export type FetchHandle<User> = <Rest extends unknown[]>(
  handler: FetchHandler<Rest, AuthSession<User>>,
) => FetchRoute<Rest>;

/** The session of a request that passed the guard. */
export type FetchSessionOf<User> = (request: Request) => AuthSession<User>;

/** Wraps a handler that only users who are logged in reach. */
export type FetchGuard<User> = <Rest extends unknown[]>(
  handler: FetchHandler<Rest, LoggedIn<User>>,
) => FetchRoute<Rest>;

/** The same where `findRequestUser` may have found the user: then there is no session. */
export type FetchGuardOrRequestUser<User> = <Rest extends unknown[]>(
  handler: FetchHandler<Rest, LoggedInOrRequestUser<User>>,
) => FetchRoute<Rest>;

/** Wraps a handler that only users reach who proved a moment ago who they are. */
export type FetchFreshGuard<User> = <Rest extends unknown[]>(
  handler: FetchHandler<Rest, LoggedIn<User>>,
  options?: StepUp,
) => FetchRoute<Rest>;

/** FetchAuth is how an application has sessions: each route is wrapped, or the whole application by `handle`. */
export interface FetchAuth<User> extends DoorAuth<User> {
  /**
   * A handler behind the guard: for a route, or around a whole application. A store that is down is answered with 503,
   * and a Response that is thrown takes the cookie along. Any other error is the framework's, for some throw their
   * redirections: what it makes of one has no cookie, unless `handle` is around the framework. After a login or logout
   * in a route, return the redirection.
   */
  readonly handle: FetchHandle<User>;
  /** The session of a request: `const { user } = await auth.of(request).load();` */
  readonly of: FetchSessionOf<User>;
  /** Logs a user in whose credential the check finds right. See `AuthSession.login`. */
  login(
    request: Request,
    userId: string | null | undefined,
    check: CredentialCheck,
    options?: UserLoginOptions,
  ): Promise<LoginOutcome<User>>;
  /** For users who are logged in: `auth.required((request, { user }) => …)`. Behind the guard by itself. */
  readonly required: FetchGuard<User>;
  /** For users who proved a moment ago who they are. Behind the guard by itself. */
  readonly freshRequired: FetchFreshGuard<User>;
  /** The answer to a refusal, such as that of a login: `if (!login.ok) return auth.answer(login);` */
  answer(refusal: Refusal): Response;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: FetchHandlers): FetchAuth<User>;
}

/** FetchAuth where requests may name their user without a session, as by an API key. */
export interface FetchAuthWithRequestUsers<User> extends Omit<FetchAuth<User>, "required" | "with"> {
  /** For users who are logged in, and for those that the request names, who have no session. */
  readonly required: FetchGuardOrRequestUser<User>;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: FetchHandlers): FetchAuthWithRequestUsers<User>;
}

/**
 * Sessions and logins for handlers that get a Request and give a Response. Short for a `SessionManager`, a `RequestGuard`
 * and a `LoginManager` with these options, whose expired sessions are removed once a minute.
 *
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function coatcheck<User>(options: FetchOptions<User> & NoRequestUserOption): FetchAuth<User>;
export function coatcheck<User>(options: FetchOptions<User> & RequestUserOption<User>): FetchAuthWithRequestUsers<User>;
export function coatcheck<User>(options: FetchOptions<User>): FetchAuth<User> {
  return authOf(openDoor(options, ["clientAddress"]), options);
}

/** On sessions whose response is not finished: the same Request may come again, and needs a session of its own then. */
const UNDER_WAY = Symbol("coatcheck.underWay");

interface Marked {
  [UNDER_WAY]?: boolean;
}

const ADVICE = "Wrap its route: export const GET = auth.handle(async (request, session) => …).";

function authOf<User>(door: Door<User, FetchRefusalHandler>, own: OwnOptions): FetchAuth<User> {
  const { logins, handlers, shared, views, stepUp } = door;
  const { clientAddress = () => undefined } = own;

  const of: FetchSessionOf<User> = (request) => logins.of(request, ADVICE);
  const answer = (refusal: Refusal) => responseOf(answerTo(refusal));
  const handle: FetchHandle<User> = (handler) => {
    requireHandler("handle", handler);
    return async (request, ...rest) => {
      // Within another of ours: the outer one writes the cookie.
      const outer = logins.find(request);
      if (outer !== undefined && (outer as Marked)[UNDER_WAY] === true) return handler(request, outer, ...rest);
      const auth = logins.admit(new GuardedFetchRequest(request, clientAddress), request);
      if (!auth.ok) return responseOf(answerTo(auth));
      let response: Response;
      (auth as Marked)[UNDER_WAY] = true;
      try {
        response = await handler(request, auth, ...rest);
      } catch (error) {
        // Some frameworks throw their redirects.
        if (error instanceof Response) throw await finish(error, auth);
        response = answerToFault(error);
      } finally {
        (auth as Marked)[UNDER_WAY] = false;
      }
      return finish(response, auth);
    };
  };

  function gate<Rest extends unknown[]>(
    decide: Decide<User>,
    handler: FetchHandler<Rest, LoggedIn<User>>,
  ): FetchRoute<Rest> {
    return handle((request, auth, ...rest: Rest) =>
      after(decide(auth), (refusal) => {
        if (refusal === null) return handler(request, auth as LoggedIn<User>, ...rest);
        // One that gives no answer, as where it only writes a log, leaves it to ours.
        return after(handlerFor(refusal, handlers)?.(refusal, request), (own) => own ?? answer(refusal));
      }),
    );
  }

  return {
    ...shared,
    handle,
    of,
    login: (request, ...login) => of(request).login(...login),
    required: (handler) => gate((auth) => auth.requireLogin(views), requireHandler("required", handler)),
    freshRequired: (handler, options) => {
      const needed = stepUp(options);
      return gate((auth) => auth.requireFresh(needed), requireHandler("freshRequired", handler));
    },
    answer,
    with: (others) => authOf(doorWith(door, others), own),
  };
}

/** A store that is down may be there at the next try. What else is thrown is the framework's to answer. */
function answerToFault(error: unknown): Response {
  if (error instanceof CoatcheckError && error.statusCode === 503) return responseOf(faultAnswer(error));
  throw error;
}

function finish<User>(response: Response, auth: AuthSession<User>): Awaitable<Response> {
  return finishResponse(response, auth, (edits) => {
    const copy = new Response(response.body, response);
    for (const { name, value, mode } of edits) {
      if (mode === "append") copy.headers.append(name, value);
      else copy.headers.set(name, value);
    }
    return copy;
  });
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
