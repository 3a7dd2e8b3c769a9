/** Sessions and logins for Hono 4. @module */

import type { Context, MiddlewareHandler, Next } from "hono";
import { type Awaitable, isPending } from "../core/awaitable.ts";
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
import { type Decide, type Door, doorWith, openDoor } from "./door/open-door.ts";
import { connectionAddress, GuardedHonoRequest } from "./hono/guarded-request.ts";

/** Answers a refused request in the application's own way. */
export type HonoRefusalHandler = (refusal: Refusal, context: Context) => Response | Promise<Response>;

/** The views of one part of the application, or its own way to answer. */
export type HonoHandlers = LoginHandlers<HonoRefusalHandler>;

/** The options that only this framework needs. */
interface OwnOptions {
  /** The client's address; by default that of the connection, where `@hono/node-server` tells it. */
  readonly clientAddress?: (context: Context) => string | undefined;
}

/** Where the application is, how it finds its users, and what differs from the defaults. */
export interface HonoOptions<User> extends DoorOptions<User, HonoRefusalHandler>, OwnOptions {}

/** The session of a request that passed the middleware. */
export type HonoSessionOf<User> = (context: Context) => AuthSession<User>;

/** Middleware for routes that only users who are logged in reach: the handler finds the session in `c.var.auth`. */
export type HonoGuard<User> = MiddlewareHandler<{ Variables: { auth: LoggedIn<User> } }>;

/** The same where `findRequestUser` may have found the user: then there is no session. */
export type HonoGuardOrRequestUser<User> = MiddlewareHandler<{ Variables: { auth: LoggedInOrRequestUser<User> } }>;

/** Middleware for routes that only users reach who proved a moment ago who they are. */
export type HonoFreshGuard<User> = (options?: StepUp) => HonoGuard<User>;

/** HonoAuth is how an application has sessions. Put `app.use(auth.middleware)` before the routes. */
export interface HonoAuth<User> extends DoorAuth<User> {
  /** Puts every request through the guard, and the session's cookie into its response. */
  readonly middleware: MiddlewareHandler;
  /** The session of a request: `const { user } = await auth.of(c).load();` */
  readonly of: HonoSessionOf<User>;
  /** Logs a user in whose credential the check finds right. See `AuthSession.login`. */
  login(
    context: Context,
    userId: string | null | undefined,
    check: CredentialCheck,
    options?: UserLoginOptions,
  ): Promise<LoginOutcome<User>>;
  /** For users who are logged in: `app.get("/me", auth.required, (c) => c.json(c.var.auth.user));` */
  readonly required: HonoGuard<User>;
  /** For users who proved a moment ago who they are: `app.get("/keys", auth.freshRequired(), …)`. */
  readonly freshRequired: HonoFreshGuard<User>;
  /** The answer to a refusal, such as that of a login: `if (!login.ok) return auth.answer(login);` */
  answer(refusal: Refusal): Response;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: HonoHandlers): HonoAuth<User>;
}

/** HonoAuth where requests may name their user without a session, as by an API key. */
export interface HonoAuthWithRequestUsers<User> extends Omit<HonoAuth<User>, "required" | "with"> {
  /** For users who are logged in, and for those that the request names, who have no session. */
  readonly required: HonoGuardOrRequestUser<User>;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: HonoHandlers): HonoAuthWithRequestUsers<User>;
}

/**
 * Sessions and logins for a Hono application. Short for a `SessionManager`, a `RequestGuard` and a `LoginManager` with
 * these options, whose expired sessions are removed once a minute.
 *
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function coatcheck<User>(options: HonoOptions<User> & NoRequestUserOption): HonoAuth<User>;
export function coatcheck<User>(options: HonoOptions<User> & RequestUserOption<User>): HonoAuthWithRequestUsers<User>;
export function coatcheck<User>(options: HonoOptions<User>): HonoAuth<User> | HonoAuthWithRequestUsers<User> {
  return authOf(openDoor(options, ["clientAddress"]), options);
}

const ADVICE = "Put app.use(auth.middleware) before your routes.";

function authOf<User>(door: Door<User, HonoRefusalHandler>, own: OwnOptions): HonoAuth<User> {
  const { logins, handlers, shared, views, stepUp } = door;
  const { clientAddress = connectionAddress } = own;

  const middleware: MiddlewareHandler = async (context, next) => {
    // By the context: middleware may put another request into it, as bodyLimit does with a chunked body.
    if (logins.find(context) !== undefined) return next();
    const auth = logins.admit(new GuardedHonoRequest(context, clientAddress), context);
    if (!auth.ok) return responseOf(answerTo(auth));
    await next();
    if (isPassingFault(context.error) && context.res.status === 500) await answerPassingFault(context);
    // A response that switches protocols is not one whose headers can be written.
    if (context.res.status === 101) return undefined;
    const finished = finishResponse(context.res, auth, (edits) => {
      for (const { name, value, mode } of edits) context.header(name, value, { append: mode === "append" });
      return context.res;
    });
    putResponse(context, isPending(finished) ? await finished : finished);
    return undefined;
  };
  const of: HonoSessionOf<User> = (context) => logins.of(context, ADVICE);
  const answer = (refusal: Refusal) => responseOf(answerTo(refusal));

  function gate(decide: Decide<User>): HonoGuard<User> {
    const admitOrAnswer = async (decided: Awaitable<Refusal | null>, context: Context, next: Next) => {
      const refusal = await decided;
      // One that gives no answer, as where it only writes a log, leaves it to ours.
      if (refusal !== null) return (await handlerFor(refusal, handlers)?.(refusal, context)) ?? answer(refusal);
      context.set("auth", of(context) as LoggedIn<User>);
      return next();
    };
    // Not async itself: nearly every request is admitted at once, and has no use for a promise of ours.
    return (context, next) => {
      const auth = of(context);
      const decided = decide(auth);
      if (decided !== null) return admitOrAnswer(decided, context, next);
      context.set("auth", auth as LoggedIn<User>);
      return next();
    };
  }

  return {
    ...shared,
    middleware,
    of,
    login: (context, ...login) => of(context).login(...login),
    required: gate((auth) => auth.requireLogin(views)),
    freshRequired: (options) => {
      const needed = stepUp(options);
      return gate((auth) => auth.requireFresh(needed));
    },
    answer,
    with: (others) => authOf(doorWith(door, others), own),
  };
}

function putResponse(context: Context, response: Response): void {
  if (response === context.res) return;
  // Hono would write what is in the one before into another response.
  context.res = undefined;
  context.res = response;
}

/** Hono's own answer to an error that brings no answer along. */
const HONO_ANSWER = "Internal Server Error";

/** One that a later try may not meet: a store that is down. */
function isPassingFault(error: unknown): error is CoatcheckError {
  return error instanceof CoatcheckError && error.statusCode === 503;
}

/**
 * Hono has told the application's `onError` by now, or has answered 500 itself, whatever the error's `statusCode`. A page
 * of the application's stays, as a 503.
 */
async function answerPassingFault(context: Context): Promise<void> {
  const page = await context.res.clone().text();
  const answer = faultAnswer(context.error);
  if (page === HONO_ANSWER) {
    context.res = responseOf(answer);
    return;
  }
  context.res = new Response(page, { status: answer.status, headers: context.res.headers });
  context.header("retry-after", answer.headers["retry-after"]);
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
