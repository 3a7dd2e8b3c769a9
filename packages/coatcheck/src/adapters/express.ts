/** Sessions and logins for Express 4 and 5. @module */

import type { NextFunction, Request, RequestHandler, Response } from "express";
import { after, isPending } from "../core/awaitable.ts";
import { answerTo } from "../http/answer.ts";
import type { AuthSession } from "../http/auth-session.ts";
import type { LoggedIn, LoggedInOrRequestUser } from "../http/logged-in.ts";
import type { CredentialCheck, LoginOutcome, UserLoginOptions } from "../http/login-outcome.ts";
import { handlerFor, type LoginHandlers, type StepUp } from "../http/login-views.ts";
import type { Refusal } from "../http/refusal.ts";
import type { DoorAuth } from "./door/door-auth.ts";
import type { DoorOptions, NoRequestUserOption, RequestUserOption } from "./door/door-options.ts";
import { type Decide, type Door, doorWith, openDoor, requireHandler } from "./door/open-door.ts";
import { editHeaders } from "./node/edit-headers.ts";
import { GuardedNodeRequest, sendNodeAnswer } from "./node/guarded-request.ts";

/** Answers a refused request in the application's own way, or hands an error to `next`. `next()` answers by default. */
export type ExpressRefusalHandler = (
  refusal: Refusal,
  request: Request,
  response: Response,
  next: NextFunction,
) => unknown;

/** The views of one router, or its own way to answer. */
export type ExpressHandlers = LoginHandlers<ExpressRefusalHandler>;

/** Where the application is, how it finds its users, and what differs from the defaults. */
export type ExpressOptions<User> = DoorOptions<User, ExpressRefusalHandler>;

type RouteParameters = Record<string, string>;

/** A handler that is given the session, too. */
export type ExpressHandler<Parameters, Body, Session> = (
  request: Request<Parameters, unknown, Body>,
  response: Response,
  auth: Session,
  next: NextFunction,
) => unknown;

/** Middleware that takes the parameters of the path as they come, so that the handlers after it keep their types. */
export type ExpressMiddleware = <Parameters>(
  request: Request<Parameters>,
  response: Response,
  next: NextFunction,
) => void;

/** The session of a request that passed the middleware. */
export type ExpressSessionOf<User> = <Parameters>(request: Request<Parameters>) => AuthSession<User>;

/** Wraps a handler that is given the session of every request, logged in or not. */
export type ExpressHandle<User> = <Parameters = RouteParameters, Body = Request["body"]>(
  handler: ExpressHandler<Parameters, Body, AuthSession<User>>,
) => RequestHandler<Parameters, unknown, Body>;

/** Wraps a handler that only users who are logged in reach. Of `/devices/:id`: `auth.required<{ id: string }>(…)`. */
export type ExpressGuard<User> = <Parameters = RouteParameters, Body = Request["body"]>(
  handler: ExpressHandler<Parameters, Body, LoggedIn<User>>,
) => RequestHandler<Parameters, unknown, Body>;

/** The same where `findRequestUser` may have found the user: then there is no session. */
export type ExpressGuardOrRequestUser<User> = <Parameters = RouteParameters, Body = Request["body"]>(
  handler: ExpressHandler<Parameters, Body, LoggedInOrRequestUser<User>>,
) => RequestHandler<Parameters, unknown, Body>;

/** Wraps a handler that only users reach who proved a moment ago who they are. */
export type ExpressFreshGuard<User> = <Parameters = RouteParameters, Body = Request["body"]>(
  handler: ExpressHandler<Parameters, Body, LoggedIn<User>>,
  options?: StepUp,
) => RequestHandler<Parameters, unknown, Body>;

/**
 * ExpressAuth is how an application has sessions. Put `app.use(auth.middleware)` before the routes. `request.ip` is kept
 * with new sessions, so set "trust proxy" to the proxies that are yours, and to no others.
 */
export interface ExpressAuth<User> extends DoorAuth<User> {
  /** Puts every request through the guard, and the session's cookie into its response. */
  readonly middleware: ExpressMiddleware;
  /** The session of a request: `const { user } = await auth.of(request).load();` */
  readonly of: ExpressSessionOf<User>;
  /** Logs a user in whose credential the check finds right. See `AuthSession.login`. */
  login<Parameters>(
    request: Request<Parameters>,
    userId: string | null | undefined,
    check: CredentialCheck,
    options?: UserLoginOptions,
  ): Promise<LoginOutcome<User>>;
  /** For users who are logged in: `app.get("/me", auth.required((_request, response, { user }) => …));` */
  readonly required: ExpressGuard<User>;
  /** For users who proved a moment ago who they are. */
  readonly freshRequired: ExpressFreshGuard<User>;
  /** For every request. What the handler throws goes to `next`, which Express 4 does for no async handler of its own. */
  readonly handle: ExpressHandle<User>;
  /** Middleware for a whole router: `router.use(auth.requireLogin)`. */
  readonly requireLogin: ExpressMiddleware;
  /** Sends a refusal, such as that of a login: `if (!login.ok) return auth.answer(login, response);` */
  answer(refusal: Refusal, response: Response): void;
  /** The same with other views or handlers, for one router. */
  with(handlers: ExpressHandlers): ExpressAuth<User>;
}

/** ExpressAuth where requests may name their user without a session, as by an API key. */
export interface ExpressAuthWithRequestUsers<User> extends Omit<ExpressAuth<User>, "required" | "with"> {
  /** For users who are logged in, and for those that the request names, who have no session. */
  readonly required: ExpressGuardOrRequestUser<User>;
  /** The same with other views or handlers, for one router. */
  with(handlers: ExpressHandlers): ExpressAuthWithRequestUsers<User>;
}

/**
 * Sessions and logins for an Express application. Short for a `SessionManager`, a `RequestGuard` and a `LoginManager`
 * with these options, whose expired sessions are removed once a minute.
 *
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function coatcheck<User>(options: ExpressOptions<User> & NoRequestUserOption): ExpressAuth<User>;
export function coatcheck<User>(
  options: ExpressOptions<User> & RequestUserOption<User>,
): ExpressAuthWithRequestUsers<User>;
export function coatcheck<User>(options: ExpressOptions<User>): ExpressAuth<User> {
  return authOf(openDoor(options));
}

/** As Express reads it, behind the proxies that the application trusts. */
const addressOf = ({ ip }: { readonly ip?: string | undefined }): string | undefined => ip;

const ADVICE = "Put app.use(auth.middleware) before your routes.";

function authOf<User>(door: Door<User, ExpressRefusalHandler>): ExpressAuth<User> {
  const { logins, handlers, shared, views, stepUp } = door;

  const middleware: ExpressMiddleware = (request, response, next) => {
    if (logins.find(request) !== undefined) return next();
    const auth = logins.admit(new GuardedNodeRequest(request, addressOf), request);
    if (!auth.ok) return sendNodeAnswer(answerTo(auth), response);
    editHeaders(response, auth);
    next();
  };
  const of: ExpressSessionOf<User> = (request) => logins.of(request, ADVICE);
  const answer = (refusal: Refusal, response: Response) => sendNodeAnswer(answerTo(refusal), response);
  const handle: ExpressHandle<User> = (handler) => {
    requireHandler("handle", handler);
    return (request, response, next) => {
      try {
        const outcome: unknown = handler(request, response, of(request), next);
        // Express 4 does not wait for a promise.
        if (isPending(outcome)) outcome.then(undefined, next);
      } catch (error) {
        next(error);
      }
    };
  };

  function turnAway(refusal: Refusal, request: Request, response: Response, next: NextFunction): unknown {
    const handler = handlerFor(refusal, handlers);
    if (handler === undefined) return answer(refusal, response);
    // Handed on without an error, the request would reach what needs the login.
    const passError: NextFunction = (error?: unknown) => {
      if (error && error !== "route") next(error);
      else if (!response.headersSent) answer(refusal, response);
    };
    return handler(refusal, request, response, passError);
  }

  function gate<Parameters, Body>(
    decide: Decide<User>,
    handler: ExpressHandler<Parameters, Body, LoggedIn<User>>,
  ): RequestHandler<Parameters, unknown, Body> {
    return handle<Parameters, Body>((request, response, auth, next) =>
      after(decide(auth), (refusal) =>
        refusal === null
          ? handler(request, response, auth as LoggedIn<User>, next)
          : turnAway(refusal, request as Request, response, next),
      ),
    );
  }

  const required: ExpressGuard<User> = (handler) =>
    gate((auth) => auth.requireLogin(views), requireHandler("required", handler));
  const passOn = required<Request["params"]>((_request, _response, _auth, next) => next());

  return {
    ...shared,
    middleware,
    of,
    login: (request, ...login) => of(request).login(...login),
    required,
    freshRequired: (handler, options) => {
      const needed = stepUp(options);
      return gate((auth) => auth.requireFresh(needed), requireHandler("freshRequired", handler));
    },
    handle,
    requireLogin: (request, response, next) => passOn(request as Request, response, next),
    answer,
    with: (others) => authOf(doorWith(door, others)),
  };
}
