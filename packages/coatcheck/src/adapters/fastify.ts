/** Sessions and logins for Fastify 5. @module */

import type { FastifyPluginCallback, FastifyReply, FastifyRequest, RouteGenericInterface } from "fastify";
import { answerTo } from "../http/answer.ts";
import type { LoginManager } from "../http/login-manager.ts";
import { handlerFor, type LoginHandlers, type StepUp, validateViews } from "../http/login-views.ts";
import type { LoggedIn, LoggedInWithSession, LoginVisit } from "../http/login-visit.ts";
import type { GuardRefusalCode, Refusal } from "../http/refusal.ts";
import type { Admission, RequestGuard } from "../http/request-guard.ts";
import type { HeaderEdit } from "../http/response-headers.ts";
import type { Visit } from "../http/visit.ts";
import { guardedRequest, headerText } from "./fastify/guarded-request.ts";
import { type FastifyRefusalHandler, sendAnswer } from "./fastify/send-answer.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** This request's way to its session. */
    visit: Visit;
  }
}

/** What `fastifySessions` is registered with. */
export interface FastifySessionsOptions {
  /**
   * The guard that every request passes first. An application that browsers know by several origins has a guard for
   * each, and a function that chooses among them, by the Host header. What it throws is answered as an error.
   */
  readonly guard: RequestGuard | ((request: FastifyRequest) => RequestGuard);
  /** Answers a refused request; by default with `application/problem+json` (RFC 9457). */
  readonly onRefused?: FastifyRefusalHandler<GuardRefusalCode>;
}

/**
 * Puts every request of the instance through the guard: `request.visit` reads, begins and ends the session, and what
 * that does to cookie and caching is written into the response. Register it before the routes. `request.ip` is kept
 * with new sessions, so set Fastify's `trustProxy` to the proxies that are yours, and to no others.
 */
export const fastifySessions: FastifyPluginCallback<FastifySessionsOptions> = (app, options, done) => {
  const { guard, onRefused } = options;
  const guardOf = typeof guard === "function" ? guard : () => guard;

  async function refuse(
    refusal: Exclude<Admission, Visit>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (refusal.code !== "preflight") {
      for (const { name, value } of refusal.headers) reply.header(name, value);
      await onRefused?.(refusal, request, reply);
    }
    // Whatever the application did or forgot to do: a refused request does not reach its handler.
    if (!reply.sent) sendAnswer(answerTo(refusal), reply);
  }

  app.decorateRequest("visit");
  // Hooks by callback: nearly every request passes without waiting, and a promise for each is what costs most here.
  app.addHook("onRequest", (request, reply, next) => {
    const admission = guardOf(request).admit(guardedRequest(request));
    if (admission.admitted) {
      request.visit = admission;
      next();
    } else refuse(admission, request, reply).catch(next);
  });
  app.addHook("onSend", (request, reply, payload, next) => {
    const headers = { get: (name: string) => headerText(reply.getHeader(name)) };
    const edits = request.visit?.finish({ status: reply.statusCode, headers }) ?? [];
    if (edits instanceof Promise) {
      edits.then((late) => {
        writeEdits(reply, late);
        next(null, payload);
      }, next);
    } else {
      writeEdits(reply, edits);
      next(null, payload);
    }
  });
  done();
};

function writeEdits(reply: FastifyReply, edits: readonly HeaderEdit[]): void {
  // Fastify itself appends to set-cookie, and replaces every other header.
  for (const { name, value } of edits) reply.header(name, value);
}

// Fastify's way to say that a plugin is meant for the instance that registers it, not for a scope of its own.
Object.defineProperty(fastifySessions, Symbol.for("skip-override"), { value: true });

/** The views of one part of the application, or its own way to answer. */
export type FastifyLoginOptions = LoginHandlers<FastifyRefusalHandler>;

type Handler<Route extends RouteGenericInterface, Who> = (
  request: FastifyRequest<Route>,
  reply: FastifyReply<Route>,
  who: Who,
) => unknown;

type RouteHandler<Route extends RouteGenericInterface> = (
  request: FastifyRequest<Route>,
  reply: FastifyReply<Route>,
) => Promise<unknown>;

/** FastifyLogin is a LoginManager in Fastify's idiom. Register its `plugin` once, before the routes. */
export class FastifyLogin<User, Anonymous = null, RequestUser extends User = never> {
  /**
   * Puts every request through the guard: `app.register(login.plugin)`, before the routes. A reply that is hijacked
   * goes out without its headers, so begin and end sessions in one that is sent.
   */
  readonly plugin: FastifyPluginCallback;
  readonly #logins: LoginManager<User, Anonymous, RequestUser>;
  readonly #options: FastifyLoginOptions;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(logins: LoginManager<User, Anonymous, RequestUser>, options: FastifyLoginOptions = {}) {
    this.#logins = logins;
    this.#options = validateViews(options);
    this.plugin = (app, _options, done) => fastifySessions(app, { guard: logins.guard }, done);
    Object.defineProperty(this.plugin, Symbol.for("skip-override"), { value: true });
  }

  /** The same logins with other views or handlers, for one part of the application. */
  with(options: FastifyLoginOptions): FastifyLogin<User, Anonymous, RequestUser> {
    return new FastifyLogin(this.#logins, { ...this.#options, ...options });
  }

  /** The request as its user sees it. */
  visit(request: FastifyRequest): LoginVisit<User, Anonymous, RequestUser> {
    return this.#logins.of(request.visit);
  }

  /** A handler for those who are logged in: it is told who. */
  loginRequired<Route extends RouteGenericInterface = RouteGenericInterface>(
    handler: Handler<Route, LoggedIn<User, RequestUser>>,
  ): RouteHandler<Route> {
    return async (request, reply) => {
      const decision = await this.visit(request as FastifyRequest).requireLogin(this.#options);
      if (decision.admitted) return handler(request, reply, decision);
      return this.#turnAway(decision, request as FastifyRequest, reply as FastifyReply);
    };
  }

  /** A handler for those who proved a moment ago who they are. */
  freshLoginRequired<Route extends RouteGenericInterface = RouteGenericInterface>(
    handler: Handler<Route, LoggedInWithSession<User, RequestUser>>,
    options: StepUp = {},
  ): RouteHandler<Route> {
    const needed = { ...this.#options, ...this.#logins.validateStepUp(options) };
    return async (request, reply) => {
      const decision = await this.visit(request as FastifyRequest).requireFreshLogin(needed);
      if (decision.admitted) return handler(request, reply, decision);
      return this.#turnAway(decision, request as FastifyRequest, reply as FastifyReply);
    };
  }

  /** A hook for a whole scope: `scope.addHook("preHandler", login.requireLogin)`. */
  readonly requireLogin = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const decision = await this.visit(request).requireLogin(this.#options);
    return decision.admitted ? undefined : this.#turnAway(decision, request, reply);
  };

  /** The answer to a login that was refused, or to anything else that was. */
  refuse(refusal: Refusal, reply: FastifyReply): FastifyReply {
    return sendAnswer(answerTo(refusal), reply);
  }

  async #turnAway(refusal: Refusal, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const answer = await handlerFor(refusal, this.#options)?.(refusal, request, reply);
    if (reply.sent || answer !== undefined) return answer;
    return this.refuse(refusal, reply);
  }
}
