/** Sessions and logins for Fastify 5. @module */

import type { FastifyPluginCallback, FastifyReply, FastifyRequest, RouteGenericInterface } from "fastify";
import { after } from "../core/awaitable.ts";
import { CoatcheckError } from "../errors.ts";
import { answerTo } from "../http/answer.ts";
import type { AuthSession } from "../http/auth-session.ts";
import type { LoggedIn, LoggedInOrRequestUser } from "../http/logged-in.ts";
import type { LoginManager } from "../http/login-manager.ts";
import type { CredentialCheck, LoginOutcome, UserLoginOptions } from "../http/login-outcome.ts";
import { handlerFor, type LoginHandlers, type StepUp } from "../http/login-views.ts";
import type { Refusal } from "../http/refusal.ts";
import type { DoorAuth } from "./door/door-auth.ts";
import type { DoorOptions, NoRequestUserOption, RequestUserOption } from "./door/door-options.ts";
import { type Decide, type Door, doorWith, openDoor, requireHandler } from "./door/open-door.ts";
import { answerRefusal, type FastifyRefusalHandler, sendFastifyAnswer } from "./fastify/send-answer.ts";
import { pluginFor, type SessionsPluginOptions } from "./fastify/sessions-plugin.ts";

export type { FastifyRefusalHandler, SessionsPluginOptions };

/** The views of one part of the application, or its own way to answer. */
export type FastifyHandlers = LoginHandlers<FastifyRefusalHandler>;

/** Where the application is, how it finds its users, and what differs from the defaults. */
export type FastifyOptions<User> = DoorOptions<User, FastifyRefusalHandler>;

/** A handler that is given the session, too. */
export type FastifyHandler<Route extends RouteGenericInterface, Session> = (
  request: FastifyRequest<Route>,
  reply: FastifyReply<Route>,
  auth: Session,
) => unknown;

/** The options of a route. */
export type FastifyRouteHandler<Route extends RouteGenericInterface> = (
  request: FastifyRequest<Route>,
  reply: FastifyReply<Route>,
) => unknown;

/** The session of a request that passed the plugin. */
export type FastifySessionOf<User> = <Route extends RouteGenericInterface>(
  request: FastifyRequest<Route>,
) => AuthSession<User>;

/** Wraps a handler that only users who are logged in reach. */
export type FastifyGuard<User> = <Route extends RouteGenericInterface = RouteGenericInterface>(
  handler: FastifyHandler<Route, LoggedIn<User>>,
) => FastifyRouteHandler<Route>;

/** The same where `findRequestUser` may have found the user: then there is no session. */
export type FastifyGuardOrRequestUser<User> = <Route extends RouteGenericInterface = RouteGenericInterface>(
  handler: FastifyHandler<Route, LoggedInOrRequestUser<User>>,
) => FastifyRouteHandler<Route>;

/** Wraps a handler that only users reach who proved a moment ago who they are. */
export type FastifyFreshGuard<User> = <Route extends RouteGenericInterface = RouteGenericInterface>(
  handler: FastifyHandler<Route, LoggedIn<User>>,
  options?: StepUp,
) => FastifyRouteHandler<Route>;

/** A hook for a whole scope. */
export type FastifyLoginHook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * FastifyAuth is how an application has sessions. Write `await app.register(auth.plugin)` before the routes. `request.ip`
 * is kept with new sessions, so set Fastify's `trustProxy` to the proxies that are yours, and to no others.
 */
export interface FastifyAuth<User> extends DoorAuth<User> {
  /**
   * Puts every request through the guard, and the session's cookie into its response. A reply that is hijacked goes out
   * without its headers, so begin and end sessions in one that is sent. Refused requests are answered by `onRefused`.
   */
  readonly plugin: FastifyPluginCallback<SessionsPluginOptions>;
  /** The session of a request: `const { user } = await auth.of(request).load();` */
  readonly of: FastifySessionOf<User>;
  /** Logs a user in whose credential the check finds right. See `AuthSession.login`. */
  login<Route extends RouteGenericInterface>(
    request: FastifyRequest<Route>,
    userId: string | null | undefined,
    check: CredentialCheck,
    options?: UserLoginOptions,
  ): Promise<LoginOutcome<User>>;
  /** For users who are logged in: `app.get("/me", auth.required((request, reply, { user }) => user));` */
  readonly required: FastifyGuard<User>;
  /** For users who proved a moment ago who they are. */
  readonly freshRequired: FastifyFreshGuard<User>;
  /** A hook for a whole scope: `scope.addHook("preHandler", auth.requireLogin)`. */
  readonly requireLogin: FastifyLoginHook;
  /** Sends a refusal, such as that of a login: `if (!login.ok) return auth.answer(login, reply);` */
  answer<Route extends RouteGenericInterface>(refusal: Refusal, reply: FastifyReply<Route>): FastifyReply;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: FastifyHandlers): FastifyAuth<User>;
}

/** FastifyAuth where requests may name their user without a session, as by an API key. */
export interface FastifyAuthWithRequestUsers<User> extends Omit<FastifyAuth<User>, "required" | "with"> {
  /** For users who are logged in, and for those that the request names, who have no session. */
  readonly required: FastifyGuardOrRequestUser<User>;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: FastifyHandlers): FastifyAuthWithRequestUsers<User>;
}

/**
 * Sessions and logins for a Fastify application. Short for a `SessionManager`, a `RequestGuard` and a `LoginManager` with
 * these options, whose expired sessions are removed once a minute.
 *
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function coatcheck<User>(options: FastifyOptions<User> & NoRequestUserOption): FastifyAuth<User>;
export function coatcheck<User>(
  options: FastifyOptions<User> & RequestUserOption<User>,
): FastifyAuthWithRequestUsers<User>;
export function coatcheck<User>(options: FastifyOptions<User>): FastifyAuth<User> {
  return authOf(openDoor(options));
}

/** FastifyDoors is how an application with several origins has sessions: each request goes by the door of its own. */
export type FastifyDoors<User> = Pick<FastifyAuth<User>, FastifyDoorMember>;

/** FastifyDoors where requests may name their user without a session, as by an API key. */
export type FastifyDoorsWithRequestUsers<User> = Pick<FastifyAuthWithRequestUsers<User>, FastifyDoorMember>;

type FastifyDoorMember = "plugin" | "of" | "login" | "required" | "freshRequired" | "requireLogin" | "answer";

/**
 * Sessions and logins for an application that browsers know by several origins: it has a `coatcheck()` for each, over the
 * same `sessions`, and a function that chooses among them, by the Host header. What that throws is answered as an error.
 *
 * ```ts
 * const auth = fastifyDoors(({ host }) => doors.get(host) ?? primary);
 * await app.register(auth.plugin);
 * app.get("/me", auth.required((request, reply, { user }) => user));
 * ```
 */
export function fastifyDoors<User>(authOf: (request: FastifyRequest) => FastifyAuth<User>): FastifyDoors<User>;
export function fastifyDoors<User>(
  authOf: (request: FastifyRequest) => FastifyAuthWithRequestUsers<User>,
): FastifyDoorsWithRequestUsers<User>;
export function fastifyDoors<User>(
  choose: (request: FastifyRequest) => unknown,
): FastifyDoors<User> | FastifyDoorsWithRequestUsers<User> {
  // Either kind of door guards with what its sessions are, as its overload says.
  const authOf = choose as (request: FastifyRequest) => FastifyAuth<User>;
  const of: FastifySessionOf<User> = (request) => authOf(request as FastifyRequest).of(request);

  /** Wrapped once by each door, for each has its own views and its own way to answer. */
  function byDoor<Route extends RouteGenericInterface>(
    wrap: (auth: FastifyAuth<User>) => FastifyRouteHandler<Route>,
  ): FastifyRouteHandler<Route> {
    const wrapped = new WeakMap<FastifyAuth<User>, FastifyRouteHandler<Route>>();
    return (request, reply) => {
      const auth = authOf(request as FastifyRequest);
      const handle = wrapped.get(auth) ?? wrap(auth);
      wrapped.set(auth, handle);
      return handle(request, reply);
    };
  }

  const doors: FastifyDoors<User> = {
    plugin: pluginFor((request) => loginsOf(authOf(request))),
    of,
    login: (request, ...login) => of(request).login(...login),
    required: (handler) => {
      requireHandler("required", handler);
      return byDoor((auth) => auth.required(handler));
    },
    freshRequired: (handler, options) => {
      requireHandler("freshRequired", handler);
      return byDoor((auth) => auth.freshRequired(handler, options));
    },
    requireLogin: (request, reply) => authOf(request).requireLogin(request, reply),
    answer: (refusal, reply) => sendFastifyAnswer(answerTo(refusal), reply as FastifyReply),
  };
  return doors;
}

const ADVICE = "Write await app.register(auth.plugin) before your routes.";

/** The part of each door that the plugin of `fastifyDoors` needs. Applications do not need it. */
const managers = new WeakMap<object, LoginManager<unknown>>();

function loginsOf<User>(auth: FastifyAuth<User>): LoginManager<User> {
  const logins = managers.get(auth) as LoginManager<User> | undefined;
  if (logins !== undefined) return logins;
  const message = "fastifyDoors takes a function that gives what coatcheck() gave.";
  throw new CoatcheckError("invalid_configuration", message);
}

function authOf<User>(door: Door<User, FastifyRefusalHandler>): FastifyAuth<User> {
  const { logins, handlers, shared, views, stepUp } = door;
  const of: FastifySessionOf<User> = (request) => logins.of(request, ADVICE);

  const turnAway = (refusal: Refusal, request: FastifyRequest, reply: FastifyReply) =>
    answerRefusal(refusal, { handler: handlerFor(refusal, handlers), request, reply });

  function gate<Route extends RouteGenericInterface>(
    decide: Decide<User>,
    handler: FastifyHandler<Route, LoggedIn<User>>,
  ): FastifyRouteHandler<Route> {
    return (request, reply) => {
      const auth = of(request);
      return after(decide(auth), (refusal) => {
        if (refusal === null) return handler(request, reply, auth as LoggedIn<User>);
        return turnAway(refusal, request as FastifyRequest, reply as FastifyReply);
      });
    };
  }

  const auth: FastifyAuth<User> = {
    ...shared,
    plugin: pluginFor(() => logins),
    of,
    login: (request, ...login) => of(request).login(...login),
    required: (handler) => gate((auth) => auth.requireLogin(views), requireHandler("required", handler)),
    freshRequired: (handler, options) => {
      const needed = stepUp(options);
      return gate((auth) => auth.requireFresh(needed), requireHandler("freshRequired", handler));
    },
    requireLogin: async (request, reply) => {
      const refusal = await of(request).requireLogin(views);
      return refusal === null ? undefined : turnAway(refusal, request, reply);
    },
    answer: (refusal, reply) => sendFastifyAnswer(answerTo(refusal), reply as FastifyReply),
    with: (others) => authOf(doorWith(door, others)),
  };
  managers.set(auth, logins as LoginManager<unknown>);
  return auth;
}
