/** Logins for handlers that get a Request and give a Response: Next.js, SvelteKit, Remix, Bun, Deno. @module */

import { CoatcheckError } from "../errors.ts";
import { type Answer, answerTo, faultAnswer } from "../http/answer.ts";
import type { LoginManager } from "../http/login-manager.ts";
import { handlerFor, type LoginHandlers, type StepUp, validateViews } from "../http/login-views.ts";
import type { LoggedIn, LoggedInWithSession, LoginVisit } from "../http/login-visit.ts";
import type { Refusal } from "../http/refusal.ts";
import type { Visit } from "../http/visit.ts";
import { VisitedRequests } from "../http/visited-requests.ts";

type Awaitable<Value> = Value | Promise<Value>;
type RefusalHandler = (refusal: Refusal, request: Request) => Awaitable<Response>;

/** The views of one part of the application, its own way to answer, and where a request came from. */
export interface FetchLoginOptions extends LoginHandlers<RefusalHandler> {
  /** The client's address, as the platform or a proxy of yours tells it; by default none is kept. */
  readonly clientAddress?: (request: Request) => string | undefined;
}

type Route<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Promise<Response>;
type Handler<Rest extends unknown[], Who> = (request: Request, who: Who, ...rest: Rest) => Awaitable<Response>;

const visited = new VisitedRequests<Request>();

/**
 * FetchLogin is a LoginManager for handlers that get a Request and give a Response: Next.js, SvelteKit, Remix, Bun, Deno.
 * What the framework passes beside the request is passed on, after our own argument.
 */
export class FetchLogin<User, Anonymous = null, RequestUser extends User = never> {
  readonly #logins: LoginManager<User, Anonymous, RequestUser>;
  readonly #options: FetchLoginOptions;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(logins: LoginManager<User, Anonymous, RequestUser>, options: FetchLoginOptions = {}) {
    this.#logins = logins;
    this.#options = validateViews(options, ["clientAddress"]);
  }

  /** The same logins with other views or handlers, for one part of the application. */
  with(options: FetchLoginOptions): FetchLogin<User, Anonymous, RequestUser> {
    return new FetchLogin(this.#logins, { ...this.#options, ...options });
  }

  /**
   * A handler behind the guard: for a route, or around a whole application. A store that is down is answered with 503,
   * and a Response that is thrown takes the cookie along. Any other error is the framework's, for some throw their
   * redirections: what it makes of one has no cookie, unless `handle` is around the framework. After a login or logout
   * in a route, return the redirection.
   */
  handle<Rest extends unknown[]>(handler: Handler<Rest, LoginVisit<User, Anonymous, RequestUser>>): Route<Rest> {
    return async (request, ...rest) => {
      // Around another of ours: the outer one writes the cookie.
      if (visited.has(request)) return handler(request, this.visit(request), ...rest);
      const { method, url, headers } = request;
      const admission = this.#logins.guard.admit({
        method,
        url,
        headers,
        clientAddress: this.#options.clientAddress?.(request),
      });
      if (!admission.admitted) return responseOf(answerTo(admission));
      visited.remember(request, admission);
      try {
        return await finish(await answered(() => handler(request, this.visit(request), ...rest)), admission);
      } catch (error) {
        throw error instanceof Response ? await finish(error, admission) : error;
      }
    };
  }

  /** The request as its user sees it. */
  visit(request: Request): LoginVisit<User, Anonymous, RequestUser> {
    return this.#logins.of(visited.visitOf(request));
  }

  /** A handler for those who are logged in: it is told who. Behind the guard by itself. */
  loginRequired<Rest extends unknown[]>(handler: Handler<Rest, LoggedIn<User, RequestUser>>): Route<Rest> {
    return this.handle(async (request, visit, ...rest: Rest) => {
      const decision = await visit.requireLogin(this.#options);
      return decision.admitted ? handler(request, decision, ...rest) : this.#turnAway(decision, request);
    });
  }

  /** A handler for those who proved a moment ago who they are. Behind the guard by itself. */
  freshLoginRequired<Rest extends unknown[]>(
    handler: Handler<Rest, LoggedInWithSession<User, RequestUser>>,
    options: StepUp = {},
  ): Route<Rest> {
    const needed = { ...this.#options, ...this.#logins.validateStepUp(options) };
    return this.handle(async (request, visit, ...rest: Rest) => {
      const decision = await visit.requireFreshLogin(needed);
      return decision.admitted ? handler(request, decision, ...rest) : this.#turnAway(decision, request);
    });
  }

  /** The answer to a login that was refused, or to anything else that was. */
  refuse(refusal: Refusal): Response {
    return responseOf(answerTo(refusal));
  }

  #turnAway(refusal: Refusal, request: Request): Awaitable<Response> {
    return handlerFor(refusal, this.#options)?.(refusal, request) ?? this.refuse(refusal);
  }
}

async function answered(handle: () => Awaitable<Response>): Promise<Response> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof CoatcheckError && error.statusCode === 503) return responseOf(faultAnswer(error));
    throw error;
  }
}

async function finish(response: Response, visit: Visit): Promise<Response> {
  const edits = await visit.finish(response);
  // A response that switches protocols is not one whose headers can be written.
  if (edits.length === 0 || response.status === 101) return response;
  // The headers of a response that was fetched elsewhere are immutable.
  const edited = new Response(response.body, response);
  for (const { name, value, mode } of edits) {
    if (mode === "append") edited.headers.append(name, value);
    else edited.headers.set(name, value);
  }
  return edited;
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers });
}
