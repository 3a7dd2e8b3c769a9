import type { IncomingMessage, ServerResponse } from "node:http";
import type { HeaderEdit, Visit } from "coatcheck";
import type { FastifyBaseLogger } from "fastify";
import { type Dispatcher, errors, Pool } from "undici";
import type { ProblemCode } from "../problem.ts";
import { type ForwardedIdentity, forwardedHeaders } from "./forwarded-request.ts";
import { returnedHeaders } from "./forwarded-response.ts";
import type { LiveConnections } from "./live-connections.ts";
import type { Route } from "./route.ts";

/** A request that was let through. */
export interface AdmittedRequest {
  readonly route: Route;
  readonly visit: Visit;
  readonly identity: ForwardedIdentity | null;
  /** The session that the response ends with; null where none was looked at. */
  readonly session: { readonly userId: string; readonly id: string } | null;
  readonly clientAddress: string;
}

export interface UpstreamsParts {
  readonly publicOrigin: string;
  readonly isOwnCookie: (name: string) => boolean;
  readonly live: LiveConnections;
  readonly log: FastifyBaseLogger;
}

/** Why there is no answer of the upstream's. */
export type UpstreamFailure = Extract<ProblemCode, "upstream_unreachable" | "upstream_timeout">;

/** A service that has not taken a connection by then will not. */
const CONNECT_TIMEOUT_MILLISECONDS = 5_000;
const MAXIMUM_CONNECTIONS = 256;

/** Upstreams forwards requests that were let through, as they come, and returns what is answered, as it comes. */
export class Upstreams {
  readonly #parts: UpstreamsParts;
  readonly #pools = new Map<string, Pool>();

  constructor(parts: UpstreamsParts) {
    this.#parts = parts;
  }

  /** Resolves when the response has begun, or with the reason why it could not. */
  async forward(
    request: IncomingMessage,
    response: ServerResponse,
    admitted: AdmittedRequest,
  ): Promise<UpstreamFailure | null> {
    const { route } = admitted;
    const gone = new AbortController();
    // Whoever asked has left: nothing is to be done for them any more.
    response.once("close", () => gone.abort());
    let answer: Dispatcher.ResponseData;
    try {
      answer = await this.#pool(route.upstream).request({
        method: (request.method ?? "GET") as Dispatcher.HttpMethod,
        path: request.url ?? "/",
        headers: this.requestHeaders(request, admitted),
        body: hasBody(request) ? request : null,
        headersTimeout: route.timeoutSeconds * 1_000,
        bodyTimeout: route.timeoutSeconds * 1_000,
        responseHeaders: "raw",
        signal: gone.signal,
      });
    } catch (error) {
      if (gone.signal.aborted) return null;
      this.#parts.log.warn({ event: "upstream_failed", upstream: route.upstream, err: error }, "an upstream failed");
      return isTimeout(error) ? "upstream_timeout" : "upstream_unreachable";
    }
    await this.#answer(answer, response, admitted);
    return null;
  }

  /** What is said to the upstream, for an upgrade as well. */
  requestHeaders(request: IncomingMessage, { route, identity, clientAddress }: AdmittedRequest): string[] {
    const { publicOrigin, isOwnCookie } = this.#parts;
    const headers = forwardedHeaders({
      ...{ rawHeaders: request.rawHeaders, identity, clientAddress, publicOrigin, isOwnCookie },
      identityHeaders: route.identityHeaders,
    });
    const { "content-length": length } = request.headers;
    if (length !== undefined) headers.push("content-length", length);
    return headers;
  }

  /** Ends the connections that nobody uses, and waits for the others. */
  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
  }

  #pool(upstream: string): Pool {
    const known = this.#pools.get(upstream);
    if (known !== undefined) return known;
    const connect = { timeout: CONNECT_TIMEOUT_MILLISECONDS };
    // One request at a time on a connection: behind one that takes long nobody else is to wait.
    const pool = new Pool(upstream, { connections: MAXIMUM_CONNECTIONS, pipelining: 1, connect });
    this.#pools.set(upstream, pool);
    return pool;
  }

  async #answer(answer: Dispatcher.ResponseData, response: ServerResponse, admitted: AdmittedRequest): Promise<void> {
    const { visit, route, session } = admitted;
    const { statusCode: status, body } = answer;
    // The types know of headers by name alone.
    const raw = answer.headers as unknown as readonly string[];
    const edits = await visit.finish({ status, headers: { get: (name) => headerText(raw, name) } });
    if (response.destroyed) return void body.destroy();
    const hasOwnCors = route.access.kind === "public";
    const returned = returnedHeaders(raw, { isOwnCookie: this.#parts.isOwnCookie, hasOwnCors });
    response.writeHead(status, answer.statusText, withEdits(returned, edits));
    // An event stream may say nothing for long: its headers must not wait for its first event.
    response.flushHeaders();
    if (session !== null) this.#parts.live.add(session, response, () => response.destroy());
    // What was promised cannot be kept, and the browser has to see it: an end would look like all there is.
    body.on("error", () => response.destroy());
    body.pipe(response);
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError
  );
}

function headerText(raw: readonly string[], name: string): string | null {
  const values: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === name) values.push(raw[index + 1] ?? "");
  }
  return values.length === 0 ? null : values.join(", ");
}

/** Names and values in turn, with what the visit says in place of what it replaces. */
function withEdits(headers: readonly (readonly [string, string])[], edits: readonly HeaderEdit[]): string[] {
  const replaced = new Set(edits.filter(({ mode }) => mode === "set").map(({ name }) => name));
  return [
    ...headers.filter(([name]) => !replaced.has(name)).flat(),
    ...edits.flatMap(({ name, value }) => [name, value]),
  ];
}
