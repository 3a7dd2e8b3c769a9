/** Logins for Hono 4. @module */

import type { Context, MiddlewareHandler } from "hono";
import { CoatcheckError } from "../errors.ts";
import { type Answer, answerTo, faultAnswer } from "../http/answer.ts";
import type { LoginManager } from "../http/login-manager.ts";
import { handlerFor, type LoginHandlers, type StepUp, validateViews } from "../http/login-views.ts";
import type { LoggedIn, LoggedInWithSession, LoginVisit } from "../http/login-visit.ts";
import type { Refusal } from "../http/refusal.ts";
import { VisitedRequests } from "../http/visited-requests.ts";

type RefusalHandler = (refusal: Refusal, context: Context) => Response | Promise<Response>;

/** The views of one part of the application, its own way to answer, and where a request came from. */
export interface HonoLoginOptions extends LoginHandlers<RefusalHandler> {
  /** The client's address; by default that of the connection, where `@hono/node-server` tells it. */
  readonly clientAddress?: (context: Context) => string | undefined;
}

/** What a guarded handler finds in its context: `c.var.who`. */
interface Guarded<Who> {
  Variables: { who: Who };
}

// Of the context: middleware may put another request into it, as bodyLimit does with a chunked body.
const visited = new VisitedRequests<Context>();

/** HonoLogin is a LoginManager in Hono's idiom. Use its `sessions` before the routes. */
export class HonoLogin<User, Anonymous = null, RequestUser extends User = never> {
  readonly #logins: LoginManager<User, Anonymous, RequestUser>;
  readonly #options: HonoLoginOptions;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(logins: LoginManager<User, Anonymous, RequestUser>, options: HonoLoginOptions = {}) {
    this.#logins = logins;
    this.#options = validateViews(options, ["clientAddress"]);
  }

  /** The same logins with other views or handlers, for one part of the application. */
  with(options: HonoLoginOptions): HonoLogin<User, Anonymous, RequestUser> {
    return new HonoLogin(this.#logins, { ...this.#options, ...options });
  }

  /** Middleware that puts every request through the guard, and the session's cookie into its response. */
  readonly sessions: MiddlewareHandler = async (context, next) => {
    const { clientAddress = connectionAddress } = this.#options;
    const { method, url, headers } = context.req.raw;
    const request = { method, url, headers, clientAddress: clientAddress(context) };
    const admission = this.#logins.guard.admit(request);
    if (!admission.admitted) return responseOf(answerTo(admission));
    visited.remember(context, admission);
    await next();
    if (isPassingFault(context.error) && context.res.status === 500) await answerPassingFault(context);
    // A response that switches protocols is not one whose headers can be written.
    if (context.res.status === 101) return undefined;
    for (const { name, value, mode } of await admission.finish(context.res)) {
      context.header(name, value, { append: mode === "append" });
    }
    return undefined;
  };

  /** The request as its user sees it. */
  visit(context: Context): LoginVisit<User, Anonymous, RequestUser> {
    return this.#logins.of(visited.visitOf(context));
  }

  /** Middleware for those who are logged in: the handler finds them in `c.var.who`. */
  readonly loginRequired: MiddlewareHandler<Guarded<LoggedIn<User, RequestUser>>> = async (context, next) => {
    const decision = await this.visit(context).requireLogin(this.#options);
    if (!decision.admitted) return this.#turnAway(decision, context);
    context.set("who", decision);
    return next();
  };

  /** Middleware for those who proved a moment ago who they are. */
  freshLoginRequired(options: StepUp = {}): MiddlewareHandler<Guarded<LoggedInWithSession<User, RequestUser>>> {
    const needed = { ...this.#options, ...this.#logins.validateStepUp(options) };
    return async (context, next) => {
      const decision = await this.visit(context).requireFreshLogin(needed);
      if (!decision.admitted) return this.#turnAway(decision, context);
      context.set("who", decision);
      return next();
    };
  }

  /** The answer to a login that was refused, or to anything else that was. */
  refuse(refusal: Refusal): Response {
    return responseOf(answerTo(refusal));
  }

  #turnAway(refusal: Refusal, context: Context): Response | Promise<Response> {
    return handlerFor(refusal, this.#options)?.(refusal, context) ?? this.refuse(refusal);
  }
}

/** What Hono itself answers to an error, unless it brings an answer along. */
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

function connectionAddress({ env }: Context): string | undefined {
  return (env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)?.incoming?.socket?.remoteAddress;
}
