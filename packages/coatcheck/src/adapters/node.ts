/** Sessions and logins for Node's own `http` server. @module */

import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { after, isPending } from "../core/awaitable.ts";
import { warnOfFault } from "../core/fault-warning.ts";
import { answerTo, faultAnswer } from "../http/answer.ts";
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

/** Answers a refused request in the application's own way. */
export type NodeRefusalHandler = (refusal: Refusal, request: IncomingMessage, response: ServerResponse) => unknown;

/** The views of one part of the application, or its own way to answer. */
export type NodeHandlers = LoginHandlers<NodeRefusalHandler>;

/** The options that only this framework needs. */
interface OwnOptions {
  /** The client's address, where a proxy of yours tells it; by default that of the connection. */
  readonly clientAddress?: (request: IncomingMessage) => string | undefined;
  /** Is told what a listener threw; by default it becomes a process warning. */
  readonly onError?: (error: unknown) => void;
}

/** Where the application is, how it finds its users, and what differs from the defaults. */
export interface NodeOptions<User> extends DoorOptions<User, NodeRefusalHandler>, OwnOptions {}

/** A listener that is given the session, too. */
export type NodeHandler<Session> = (request: IncomingMessage, response: ServerResponse, auth: Session) => unknown;

/** A listener whose promise tells when it is done. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Puts every request of a listener through the guard. */
export type NodeHandle<User> = (listener: NodeHandler<AuthSession<User>>) => RequestListener;

/** The session of a request that passed the guard. */
export type NodeSessionOf<User> = (request: IncomingMessage) => AuthSession<User>;

/** Wraps a listener that only users who are logged in reach. */
export type NodeGuard<User> = (handler: NodeHandler<LoggedIn<User>>) => NodeListener;

/** The same where `findRequestUser` may have found the user: then there is no session. */
export type NodeGuardOrRequestUser<User> = (handler: NodeHandler<LoggedInOrRequestUser<User>>) => NodeListener;

/** Wraps a listener that only users reach who proved a moment ago who they are. */
export type NodeFreshGuard<User> = (handler: NodeHandler<LoggedIn<User>>, options?: StepUp) => NodeListener;

/** NodeAuth is how an application has sessions: `createServer(auth.handle(listener))`. */
export interface NodeAuth<User> extends DoorAuth<User> {
  /**
   * Puts every request of a listener through the guard, and the session's cookie into its response. What the listener
   * throws is answered: 503 for a store that is down, else 500.
   */
  readonly handle: NodeHandle<User>;
  /** The session of a request: `const { user } = await auth.of(request).load();` */
  readonly of: NodeSessionOf<User>;
  /** Logs a user in whose credential the check finds right. See `AuthSession.login`. */
  login(
    request: IncomingMessage,
    userId: string | null | undefined,
    check: CredentialCheck,
    options?: UserLoginOptions,
  ): Promise<LoginOutcome<User>>;
  /** For users who are logged in: `auth.required((request, response, { user }) => …)`. Behind the guard by itself. */
  readonly required: NodeGuard<User>;
  /** For users who proved a moment ago who they are. Behind the guard by itself. */
  readonly freshRequired: NodeFreshGuard<User>;
  /** Sends a refusal, such as that of a login: `if (!login.ok) return auth.answer(login, response);` */
  answer(refusal: Refusal, response: ServerResponse): void;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: NodeHandlers): NodeAuth<User>;
}

/** NodeAuth where requests may name their user without a session, as by an API key. */
export interface NodeAuthWithRequestUsers<User> extends Omit<NodeAuth<User>, "required" | "with"> {
  /** For users who are logged in, and for those that the request names, who have no session. */
  readonly required: NodeGuardOrRequestUser<User>;
  /** The same with other views or handlers, for one part of the application. */
  with(handlers: NodeHandlers): NodeAuthWithRequestUsers<User>;
}

/**
 * Sessions and logins for Node's own `http` server. Short for a `SessionManager`, a `RequestGuard` and a `LoginManager`
 * with these options, whose expired sessions are removed once a minute.
 *
 * @throws CoatcheckError `invalid_configuration` or `insecure_origin`
 */
export function coatcheck<User>(options: NodeOptions<User> & NoRequestUserOption): NodeAuth<User>;
export function coatcheck<User>(options: NodeOptions<User> & RequestUserOption<User>): NodeAuthWithRequestUsers<User>;
export function coatcheck<User>(options: NodeOptions<User>): NodeAuth<User> {
  const door = openDoor(options, ["clientAddress", "onError"]);
  return authOf(door, options);
}

const ignore = () => {};

const ADVICE = "Write createServer(auth.handle(listener)).";

function authOf<User>(door: Door<User, NodeRefusalHandler>, own: OwnOptions): NodeAuth<User> {
  const { logins, handlers, shared, views, stepUp } = door;
  const { clientAddress = (request) => request.socket.remoteAddress, onError = warnOfFault } = own;

  const of: NodeSessionOf<User> = (request) => logins.of(request, ADVICE);
  const answer = (refusal: Refusal, response: ServerResponse) => sendNodeAnswer(answerTo(refusal), response);

  function guarded(listener: NodeHandler<AuthSession<User>>): NodeListener {
    const fail = (error: unknown, response: ServerResponse) => {
      onError(error);
      if (response.headersSent) response.destroy();
      else sendNodeAnswer(faultAnswer(error), response);
    };
    return (request, response) => {
      try {
        // Within another of ours: the outer one writes the cookie.
        const outer = logins.find(request);
        const auth = outer ?? logins.admit(new GuardedNodeRequest(request, clientAddress), request);
        if (!auth.ok) return sendNodeAnswer(answerTo(auth), response);
        if (outer === undefined) editHeaders(response, auth);
        const outcome: unknown = listener(request, response, auth);
        // Whatever it comes to: Node has no use for it, and neither has a listener that waits for its end.
        return isPending(outcome) ? outcome.then(ignore, (error: unknown) => fail(error, response)) : undefined;
      } catch (error) {
        return fail(error, response);
      }
    };
  }

  async function turnAway(refusal: Refusal, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const handler = handlerFor(refusal, handlers);
    if (handler === undefined) answer(refusal, response);
    else await handler(refusal, request, response);
  }

  function gate(decide: Decide<User>, handler: NodeHandler<LoggedIn<User>>): NodeListener {
    const decided: NodeHandler<AuthSession<User>> = (request, response, auth) =>
      after(decide(auth), (refusal) =>
        refusal === null ? handler(request, response, auth as LoggedIn<User>) : turnAway(refusal, request, response),
      );
    const alone = guarded(decided);
    return (request, response) => {
      const auth = logins.find(request);
      return auth === undefined ? alone(request, response) : decided(request, response, auth);
    };
  }

  return {
    ...shared,
    handle: (listener) => guarded(requireHandler("handle", listener)),
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
