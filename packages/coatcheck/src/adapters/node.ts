/** Logins for Node's own `http` server. @module */

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { warnOfFault } from "../core/fault-warning.ts";
import { answerTo, faultAnswer } from "../http/answer.ts";
import type { LoginManager } from "../http/login-manager.ts";
import { handlerFor, type LoginHandlers, type StepUp, validateViews } from "../http/login-views.ts";
import type { LoggedIn, LoggedInWithSession, LoginVisit } from "../http/login-visit.ts";
import type { Refusal } from "../http/refusal.ts";
import { VisitedRequests } from "../http/visited-requests.ts";
import { editHeaders } from "./node/edit-headers.ts";
import { guardedRequest, sendAnswer } from "./node/guarded-request.ts";

type RefusalHandler = (refusal: Refusal, request: IncomingMessage, response: ServerResponse) => unknown;

/** The views of one part of the application, its own way to answer, and where a request came from. */
export interface NodeLoginOptions extends LoginHandlers<RefusalHandler> {
  /** The client's address, where a proxy of yours tells it; by default that of the connection. */
  readonly clientAddress?: (request: IncomingMessage) => string | undefined;
  /** Is told what a listener threw; by default it becomes a process warning. */
  readonly onError?: (error: unknown) => void;
}

type Handler<Who> = (request: IncomingMessage, response: ServerResponse, who: Who) => unknown;
type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

const visited = new VisitedRequests<IncomingMessage>();

/** NodeLogin is a LoginManager for `node:http`: `createServer(login.handle(listener))`. */
export class NodeLogin<User, Anonymous = null, RequestUser extends User = never> {
  readonly #logins: LoginManager<User, Anonymous, RequestUser>;
  readonly #options: NodeLoginOptions;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(logins: LoginManager<User, Anonymous, RequestUser>, options: NodeLoginOptions = {}) {
    this.#logins = logins;
    this.#options = validateViews(options, ["clientAddress", "onError"]);
  }

  /** The same logins with other views or handlers, for one part of the application. */
  with(options: NodeLoginOptions): NodeLogin<User, Anonymous, RequestUser> {
    return new NodeLogin(this.#logins, { ...this.#options, ...options });
  }

  /** A listener behind the guard. What it throws is answered: 503 for a store that is down, else 500. */
  handle(listener: (request: IncomingMessage, response: ServerResponse) => unknown): RequestListener {
    const { clientAddress = (request) => request.socket.remoteAddress, onError = warnOfFault } = this.#options;
    return async (request, response) => {
      try {
        const admission = this.#logins.guard.admit(guardedRequest(request, request.url, clientAddress(request)));
        if (!admission.admitted) return sendAnswer(answerTo(admission), response);
        visited.remember(request, admission);
        editHeaders(response, admission);
        await listener(request, response);
      } catch (error) {
        onError(error);
        if (response.headersSent) response.destroy();
        else sendAnswer(faultAnswer(error), response);
      }
    };
  }

  /** The request as its user sees it. */
  visit(request: IncomingMessage): LoginVisit<User, Anonymous, RequestUser> {
    return this.#logins.of(visited.visitOf(request));
  }

  /** A listener for those who are logged in: it is told who. */
  loginRequired(handler: Handler<LoggedIn<User, RequestUser>>): Listener {
    return async (request, response) => {
      const decision = await this.visit(request).requireLogin(this.#options);
      return decision.admitted ? handler(request, response, decision) : this.#turnAway(decision, request, response);
    };
  }

  /** A listener for those who proved a moment ago who they are. */
  freshLoginRequired(handler: Handler<LoggedInWithSession<User, RequestUser>>, options: StepUp = {}): Listener {
    const needed = { ...this.#options, ...this.#logins.validateStepUp(options) };
    return async (request, response) => {
      const decision = await this.visit(request).requireFreshLogin(needed);
      return decision.admitted ? handler(request, response, decision) : this.#turnAway(decision, request, response);
    };
  }

  /** The answer to a login that was refused, or to anything else that was. */
  refuse(refusal: Refusal, response: ServerResponse): void {
    sendAnswer(answerTo(refusal), response);
  }

  async #turnAway(refusal: Refusal, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const handler = handlerFor(refusal, this.#options);
    if (handler === undefined) this.refuse(refusal, response);
    else await handler(refusal, request, response);
  }
}
