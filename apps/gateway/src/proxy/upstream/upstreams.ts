import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { AuthSession } from "coatcheck";
import type { HeaderEdit } from "coatcheck/adapter";
import type { FastifyBaseLogger } from "fastify";
import { Client, type Dispatcher, Pool } from "undici";
import { hasBody } from "../../http/body-timeout.ts";
import type { ServedOrigin } from "../../http/served-origins.ts";
import { type Route, roleOf } from "../../routing/route.ts";
import type { LiveConnections, Opening } from "../connections/live-connections.ts";
import { type ForwardedIdentity, forwardedHeaders } from "./forwarded-request.ts";
import { returnedHeaders } from "./forwarded-response.ts";
import { ResponseRelay, type UpstreamAnswer, type UpstreamFailure } from "./response-relay.ts";
import { SentRequest } from "./sent-request.ts";
import { uploadOf } from "./upload.ts";
import { upstreamFault } from "./upstream-fault.ts";
import { PROBE_EVERY_SECONDS, type UpstreamHealth } from "./upstream-health.ts";

/** A request that was let through. */
export interface AdmittedRequest {
  /** The public origin that it is for. */
  readonly origin: ServedOrigin;
  readonly route: Route;
  /** Path and query, as they are sent on. */
  readonly target: string;
  readonly auth: AuthSession<unknown>;
  readonly identity: ForwardedIdentity | null;
  /** The session that the response ends with; null where none was looked at. */
  readonly session: { readonly userId: string; readonly id: string } | null;
  readonly clientAddress: string;
}

/** Why a request has no answer of an upstream's. */
export interface ForwardFailure {
  readonly code: Exclude<UpstreamFailure, "session_ended"> | "unauthenticated";
  /** When trying again makes sense; null if that is unknown. */
  readonly retryAfterSeconds: number | null;
}

export type UpstreamOutcome = number | UpstreamFailure | "client_left";

export interface UpstreamsParts {
  readonly isOwnCookie: (name: string) => boolean;
  readonly live: LiveConnections;
  readonly health: UpstreamHealth;
  /** Told when an answer has begun, by its status, or why there is none. */
  readonly onAnswer?: (upstream: string, outcome: UpstreamOutcome, seconds: number) => void;
  readonly log: FastifyBaseLogger;
}

/** A service that has not taken a connection by then will not. */
const CONNECT = { timeout: 5_000 };
export const UPSTREAM_DOWN: ForwardFailure = {
  code: "upstream_unreachable",
  retryAfterSeconds: PROBE_EVERY_SECONDS,
};

/** Something may be closed by then. */
const TOO_MANY_CONNECTIONS: ForwardFailure = { code: "too_many_connections", retryAfterSeconds: 5 };
const SESSION_ENDED: ForwardFailure = { code: "unauthenticated", retryAfterSeconds: null };
/** Why a session may not have another connection. */
export const NOT_OPENED: Readonly<Record<Exclude<Opening, "opened">, ForwardFailure>> = {
  too_many: TOO_MANY_CONNECTIONS,
  ended: SESSION_ENDED,
};

/** Upstreams forwards requests that were let through, as they come, and returns what is answered, as it comes. */
export class Upstreams {
  readonly #parts: UpstreamsParts;
  readonly #pools = new Map<string, Pool>();

  constructor(parts: UpstreamsParts) {
    this.#parts = parts;
  }

  /** Resolves when the response has begun, or with the reason why it could not. */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    admitted: AdmittedRequest,
  ): Promise<ForwardFailure | null> {
    const { route, session } = admitted;
    const { upstream } = route;
    const { live, health, log, onAnswer } = this.#parts;
    if (!health.admits(upstream)) return Promise.resolve(UPSTREAM_DOWN);
    const timeout = route.timeoutSeconds * 1_000;
    const startedAt = onAnswer === undefined ? 0 : performance.now();
    return new Promise((resolve) => {
      let body: Readable | null = null;
      const sent = new SentRequest();
      let maySendAgain = (request.method === "GET" || request.method === "HEAD") && !hasBody(request);
      const sendsAgain = () => {
        if (!maySendAgain || !sent.metClosingConnection) return false;
        maySendAgain = false;
        this.#sendAlone(upstream, options, relay);
        return true;
      };
      const relay = new ResponseRelay({
        response,
        silenceMilliseconds: timeout,
        hasUpload: hasBody(request),
        onSending: () => sent.begins(),
        sendsAgain,
        headersFor: (answer) => this.responseHeaders(answer, admitted),
        admits: (answer) => session === null || !isEventStream(answer) || live.becomesLasting(session, response),
        onBegun: (failure, error) => {
          // Where there was no connection the HTTP client leaves it as it is.
          if (failure !== null) body?.destroy();
          if (onAnswer !== undefined) {
            const outcome = failure ?? (response.headersSent ? response.statusCode : "client_left");
            onAnswer(upstream, outcome, (performance.now() - startedAt) / 1_000);
          }
          if (failure === "too_many_connections") return resolve(TOO_MANY_CONNECTIONS);
          if (failure === "session_ended") return resolve(SESSION_ENDED);
          if (failure !== null) {
            log.warn({ event: "upstream_failed", upstream, fault: upstreamFault(error) }, failure);
            return resolve({ code: failure, retryAfterSeconds: null });
          }
          resolve(null);
        },
      });
      if (session !== null) {
        const end = () => relay.endWithSession();
        const opening = live.open(session, response, { role: roleOf(route), isLasting: false, end });
        if (opening !== "opened") return resolve(NOT_OPENED[opening]);
      }
      if (hasBody(request)) {
        body = uploadOf(request, { silenceMilliseconds: timeout, onProgress: () => relay.progressed() });
      }
      const options: Dispatcher.DispatchOptions = {
        method: (request.method ?? "GET") as Dispatcher.HttpMethod,
        path: admitted.target,
        headers: [...this.requestHeaders(request, admitted), ...lengthOf(request)],
        body,
        headersTimeout: timeout,
        // While something is sent, the answer may wait for that: the relay knows of both.
        bodyTimeout: body === null ? timeout : 0,
      };
      this.#pool(upstream).dispatch(options, relay);
    });
  }

  /** The headers for the upstream, of a request or an upgrade, without the length of a body: an upgrade has none. */
  requestHeaders(request: IncomingMessage, { origin, route, identity, clientAddress }: AdmittedRequest): string[] {
    const { isOwnCookie } = this.#parts;
    return forwardedHeaders({
      rawHeaders: request.rawHeaders,
      identity,
      clientAddress,
      origin,
      isOwnCookie,
      identityHeaders: route.identityHeaders,
      names: route,
    });
  }

  /** The headers of an answer for the client, names and values in turn. An answer that refuses an upgrade has them too. */
  responseHeaders(
    { status, rawHeaders }: UpstreamAnswer,
    { auth, route, origin }: AdmittedRequest,
  ): readonly string[] | Promise<readonly string[]> {
    const { isOwnCookie, health } = this.#parts;
    // By a connection, perhaps, that was there before the others failed.
    health.succeeded(route.upstream);
    const ofUpstream = returnedHeaders(rawHeaders, { isOwnCookie, hasOwnCors: route.access.kind === "public" });
    const { transportSecurity } = origin;
    const returned = transportSecurity.length === 0 ? ofUpstream : [...ofUpstream, ...transportSecurity];
    const headers = { get: (name: string) => headerText(rawHeaders, name) };
    const edits = auth.finish({ status, headers });
    return edits instanceof Promise ? edits.then((late) => withEdits(returned, late)) : withEdits(returned, edits);
  }

  /** Closes idle connections, and waits for the others. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #pool(upstream: string): Pool {
    const known = this.#pools.get(upstream);
    if (known !== undefined) return known;
    // One request at a time on a connection, and a connection for each: no request waits behind one that takes long,
    // such as a stream of events. The connections of our clients bound their number.
    const pool = new Pool(upstream, { connections: null, pipelining: 1, connect: CONNECT });
    this.#pools.set(upstream, pool);
    this.#watchHealth(upstream, pool);
    return pool;
  }

  /** By a connection of its own: another that is there may be closing as well, as when the service starts anew. */
  #sendAlone(upstream: string, options: Dispatcher.DispatchOptions, relay: ResponseRelay): void {
    const client = new Client(upstream, { pipelining: 1, connect: CONNECT });
    this.#watchHealth(upstream, client);
    client.dispatch({ ...options, reset: true }, relay);
    // When it has been answered.
    void client.close();
  }

  #watchHealth(upstream: string, connections: Dispatcher): void {
    const { health } = this.#parts;
    connections.on("connect", () => health.succeeded(upstream));
    connections.on("connectionError", (_origin, _targets, error) => health.connectFailed(upstream, error));
  }
}

function lengthOf({ headers }: IncomingMessage): readonly string[] {
  const { "content-length": length } = headers;
  return length === undefined ? [] : ["content-length", length];
}

function isEventStream({ rawHeaders }: UpstreamAnswer): boolean {
  return /^text\/event-stream *(;|$)/i.test(headerText(rawHeaders, "content-type") ?? "");
}

function headerText(raw: readonly string[], name: string): string | null {
  let text: string | null = null;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const given = raw[index] ?? "";
    if (given.length !== name.length || given.toLowerCase() !== name) continue;
    text = text === null ? (raw[index + 1] ?? "") : `${text}, ${raw[index + 1]}`;
  }
  return text;
}

/** Names and values in turn, with what becomes of the session in place of what that replaces. */
function withEdits(headers: readonly (readonly [string, string])[], edits: readonly HeaderEdit[]): string[] {
  const written: string[] = [];
  for (const [name, value] of headers) {
    if (!edits.some((edit) => edit.mode === "set" && edit.name === name)) written.push(name, value);
  }
  for (const { name, value } of edits) written.push(name, value);
  return written;
}
