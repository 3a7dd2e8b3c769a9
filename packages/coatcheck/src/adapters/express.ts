/** Logins for Express 4 and 5. @module */

import type { NextFunction, Request, RequestHandler, Response } from "express";
import { answerTo } from "../http/answer.ts";
import type { LoginManager } from "../http/login-manager.ts";
import { handlerFor, type LoginHandlers, type StepUp, validateViews } from "../http/login-views.ts";
import type { LoggedIn, LoggedInWithSession, LoginVisit } from "../http/login-visit.ts";
import type { Refusal } from "../http/refusal.ts";
import { VisitedRequests } from "../http/visited-requests.ts";
import { editHeaders } from "./node/edit-headers.ts";
import { guardedRequest, sendAnswer } from "./node/guarded-request.ts";

type RefusalHandler = (refusal: Refusal, request: Request, response: Response, next: NextFunction) => unknown;

/** The views of one router, or its own way to answer. */
export type ExpressLoginOptions = LoginHandlers<RefusalHandler>;

type RouteParameters = Record<string, string>;

type Handler<Parameters, Body, Who> = (
  request: Request<Parameters, unknown, Body>,
  response: Response,
  who: Who,
  next: NextFunction,
) => unknown;

/** Middleware that takes the parameters of the path as they come, so that the handlers after it keep their types. */
type Middleware = <Parameters>(request: Request<Parameters>, response: Response, next: NextFunction) => void;

const visited = new VisitedRequests<object>();

/**
 * ExpressLogin is a LoginManager in Express's idiom, for versions 4 and 5. Put its `sessions` before the routes.
 * `request.ip` is kept with new sessions, so set "trust proxy" to the proxies that are yours, and to no others.
 */
export class ExpressLogin<User, Anonymous = null, RequestUser extends User = never> {
  readonly #logins: LoginManager<User, Anonymous, RequestUser>;
  readonly #options: ExpressLoginOptions;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(logins: LoginManager<User, Anonymous, RequestUser>, options: ExpressLoginOptions = {}) {
    this.#logins = logins;
    this.#options = validateViews(options);
  }

  /** The same logins with other views or handlers, for one router. */
  with(options: ExpressLoginOptions): ExpressLogin<User, Anonymous, RequestUser> {
    return new ExpressLogin(this.#logins, { ...this.#options, ...options });
  }

  /** Middleware that puts every request through the guard, and the session's cookie into its response. */
  readonly sessions: Middleware = (request, response, next) => {
    const admission = this.#logins.guard.admit(guardedRequest(request, request.originalUrl, request.ip));
    if (!admission.admitted) return sendAnswer(answerTo(admission), response);
    visited.remember(request, admission);
    editHeaders(response, admission);
    next();
  };

  /** The request as its user sees it. */
  visit(request: object): LoginVisit<User, Anonymous, RequestUser> {
    return this.#logins.of(visited.visitOf(request));
  }

  /**
   * A handler that is told the visit: for routes that log in and out, and for those that anyone may open. What it throws
   * goes to `next`, as in Express 5; Express 4 by itself would leave the client waiting, and the process end. A path's
   * parameters are named before it: `login.handle<{ id: string }>(…)`.
   */
  handle<Parameters = RouteParameters, Body = Request["body"]>(
    handler: Handler<Parameters, Body, LoginVisit<User, Anonymous, RequestUser>>,
  ): RequestHandler<Parameters, unknown, Body> {
    return async (request, response, next) => {
      try {
        await handler(request, response, this.visit(request), next);
      } catch (error) {
        next(error);
      }
    };
  }

  /** A handler for those who are logged in: it is told who. Of `/devices/:id`: `loginRequired<{ id: string }>(…)`. */
  loginRequired<Parameters = RouteParameters, Body = Request["body"]>(
    handler: Handler<Parameters, Body, LoggedIn<User, RequestUser>>,
  ): RequestHandler<Parameters, unknown, Body> {
    return this.#gate((visit) => visit.requireLogin(this.#options), handler);
  }

  /** A handler for those who proved a moment ago who they are. */
  freshLoginRequired<Parameters = RouteParameters, Body = Request["body"]>(
    handler: Handler<Parameters, Body, LoggedInWithSession<User, RequestUser>>,
    options: StepUp = {},
  ): RequestHandler<Parameters, unknown, Body> {
    const needed = { ...this.#options, ...this.#logins.validateStepUp(options) };
    return this.#gate((visit) => visit.requireFreshLogin(needed), handler);
  }

  /** Middleware for a whole router: `router.use(login.requireLogin)`. */
  readonly requireLogin: Middleware = (request, response, next) => this.#passOn(request as Request, response, next);

  readonly #passOn = this.loginRequired<Request["params"]>((_request, _response, _who, next) => next());

  /** The answer to a login that was refused, or to anything else that was. */
  refuse(refusal: Refusal, response: Response): void {
    sendAnswer(answerTo(refusal), response);
  }

  #gate<Parameters, Body, Who extends { readonly admitted: true }>(
    decide: (visit: LoginVisit<User, Anonymous, RequestUser>) => Promise<Who | Refusal>,
    handler: Handler<Parameters, Body, Who>,
  ): RequestHandler<Parameters, unknown, Body> {
    return this.handle<Parameters, Body>(async (request, response, visit, next) => {
      const decision = await decide(visit);
      if (decision.admitted) await handler(request, response, decision, next);
      else await this.#turnAway(decision, request as Request, response, next);
    });
  }

  #turnAway(refusal: Refusal, request: Request, response: Response, next: NextFunction): unknown {
    const handler = handlerFor(refusal, this.#options);
    return handler === undefined ? this.refuse(refusal, response) : handler(refusal, request, response, next);
  }
}
