import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { hasTooManyFields } from "@coatcheck/service/field-limit";
import { endWithProblem } from "@coatcheck/service/problem";
import type { AuthSession } from "coatcheck";
import type { FastifyBaseLogger } from "fastify";
import { logUpgrade } from "../../http/log.ts";
import { type ProblemCode, problemObject, problems } from "../../http/problem.ts";
import { hasUnclearHost } from "../../http/served-host.ts";
import type { ServedOrigins } from "../../http/served-origins.ts";
import { roleOf } from "../../routing/route.ts";
import type { LiveConnections, Opening } from "../connections/live-connections.ts";
import type { GateDecision, RequestGate } from "../request-gate.ts";
import { returnedHeaders } from "../upstream/forwarded-response.ts";
import { upstreamFault } from "../upstream/upstream-fault.ts";
import type { UpstreamHealth } from "../upstream/upstream-health.ts";
import {
  type AdmittedRequest,
  type ForwardFailure,
  NOT_OPENED,
  UPSTREAM_DOWN,
  type Upstreams,
} from "../upstream/upstreams.ts";
import { watchForDisconnect } from "./disconnect-watch.ts";
import { readRefusal, refusesUpgrade, writeRefusal } from "./refused-upgrade.ts";
import { pipeSockets } from "./socket-pipe.ts";

export interface UpgradesParts {
  readonly origins: ServedOrigins;
  readonly gate: RequestGate;
  readonly upstreams: Upstreams;
  readonly live: LiveConnections;
  readonly health: UpstreamHealth;
  readonly isOwnCookie: (name: string) => boolean;
  readonly clientAddress: (request: IncomingMessage) => string;
  /** Names a request, for the log. */
  readonly nextId: () => string;
  readonly log: FastifyBaseLogger;
}

/** The close code for a client whose session has ended: one for applications (RFC 6455, 7.4.2). */
const SESSION_ENDED_CLOSE_CODE = 4_401;
/** The server stops (RFC 6455, 7.4.1). */
const GOING_AWAY_CLOSE_CODE = 1_001;
/** Data from the client shows that a person is there. The store is told no more often than this. */
const SLIDE_EVERY_MILLISECONDS = 30_000;
const NORMAL: Readonly<Record<string, string>> = { connection: "Upgrade", upgrade: "websocket" };

/**
 * Upgrades lets WebSockets through to their upstream: it is asked about nothing else that a connection could be upgraded to.
 * An upgrade is a GET that opens a channel for anything, so the guard asks where it comes from. It ends with its session.
 */
export class Upgrades {
  readonly #parts: UpgradesParts;
  readonly #open = new Set<() => void>();

  constructor(parts: UpgradesParts) {
    this.#parts = parts;
  }

  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { origins, gate, health, clientAddress, nextId, log } = this.#parts;
    // A connection that breaks is told by its end as well.
    socket.on("error", () => socket.destroy());
    const [address, id] = [clientAddress(request), nextId()];
    const answered = logUpgrade(log, request, { address, id, socket });
    const refuse = (code: ProblemCode, retryAfterSeconds: number | null = null) => {
      answered(problems[code].status);
      endUpgrade(socket, code, retryAfterSeconds);
    };
    try {
      if (hasTooManyFields(request)) return refuse("headers_too_large");
      if (hasUnclearHost(request)) return refuse("invalid_request");
      const origin = origins.find(request.headers.host);
      if (origin === null) return refuse("misdirected_request");
      const decision = await gate.decide(request, origin, { clientAddress: address, id });
      if (decision.kind !== "forward") return refuse(codeOf(decision));
      const { admitted } = decision;
      // The client has left.
      if (socket.destroyed) return;
      const ending: Ending = { end: () => socket.destroy() };
      const opening = this.#register(socket, admitted, ending);
      if (opening !== "opened") return refuseAs(refuse, NOT_OPENED[opening]);
      if (!health.admits(admitted.route.upstream)) return refuseAs(refuse, UPSTREAM_DOWN);
      await this.#connect(
        request,
        { socket, head, ending, answered, refuse, stopWatching: watchForDisconnect(socket) },
        admitted,
      );
    } catch (error) {
      log.error({ event: "request_failed", reqId: id, err: error }, "an upgrade failed");
      refuse("unavailable");
    }
  }

  /** Ends all of them: the gateway stops. */
  close(): void {
    for (const end of this.#open) end();
  }

  /** It counts from now on, so that those that are being made cannot become more than may be. */
  #register(socket: Duplex, { session, route }: AdmittedRequest, ending: Ending): Opening {
    if (session === null) return "opened";
    const opened = { role: roleOf(route), isLasting: true, end: () => ending.end() };
    return this.#parts.live.open(session, socket, opened);
  }

  #connect(request: IncomingMessage, asking: AskingEnd, admitted: AdmittedRequest): Promise<void> {
    const { socket, refuse } = asking;
    const { upstreams, health, log } = this.#parts;
    const { route } = admitted;
    const { protocol, hostname, port } = new URL(route.upstream);
    const headers = [...upstreams.requestHeaders(request, admitted), ...Object.entries(NORMAL).flat()];
    // On a connection of its own: one that an upstream left open after a refusal must not serve another request.
    const target = { hostname: hostname.replace(/^\[|\]$/g, ""), port, path: admitted.target };
    const options = { ...target, agent: false, setHost: false, headers };
    const outgoing = protocol === "https:" ? httpsRequest(options) : httpRequest(options);
    outgoing.setTimeout(route.timeoutSeconds * 1_000, () => outgoing.destroy(new Error("It took too long.")));
    socket.once("close", () => outgoing.destroy());
    let isConnected = false;
    outgoing.once("socket", (connection) => {
      connection.once(protocol === "https:" ? "secureConnect" : "connect", () => {
        isConnected = true;
        health.succeeded(route.upstream);
      });
    });
    return new Promise((resolve) => {
      outgoing.on("upgrade", (answer, upstream, first) => {
        if (answer.headers.upgrade?.toLowerCase() !== "websocket") {
          upstream.destroy();
          refuse("upstream_unreachable");
          resolve();
          return;
        }
        outgoing.setTimeout(0);
        upstream.setTimeout(0);
        asking.answered(101);
        // As the parser read it: a byte each.
        socket.write(this.#switching(answer), "latin1");
        this.#join(asking, upstream, first, admitted);
        resolve();
      });
      // It does not want to, and says why.
      outgoing.on("response", (answer) => {
        if (refusesUpgrade(answer)) {
          resolve(this.#handOnRefusal(asking, answer, admitted));
          return;
        }
        answer.resume();
        refuse("upstream_unreachable");
        resolve();
      });
      outgoing.on("error", (error) => {
        // The client has left, and nothing else failed.
        if (socket.destroyed) return resolve();
        if (!isConnected) health.connectFailed(route.upstream, error);
        const fault = upstreamFault(error);
        log.warn({ event: "upstream_failed", upstream: route.upstream, fault }, "an upstream failed");
        refuse("upstream_unreachable");
        resolve();
      });
      outgoing.end();
    });
  }

  async #handOnRefusal(asking: AskingEnd, answer: IncomingMessage, admitted: AdmittedRequest): Promise<void> {
    const { socket, refuse, answered } = asking;
    const { statusCode: status = 502, statusMessage: statusText = "", rawHeaders } = answer;
    const headers = await this.#parts.upstreams.responseHeaders({ status, statusText, rawHeaders }, admitted);
    // It may break off, as anything may.
    const body = await readRefusal(answer).catch(() => null);
    if (socket.destroyed) return;
    if (body === null) return refuse("upstream_unreachable");
    answered(status);
    writeRefusal(socket, { status, headers, body });
  }

  #switching(answer: IncomingMessage): string {
    const { isOwnCookie } = this.#parts;
    const returned = returnedHeaders(answer.rawHeaders, { isOwnCookie, hasOwnCors: false });
    const lines = [...Object.entries(NORMAL), ...returned].map(([name, value]) => `${name}: ${value}`);
    return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`;
  }

  #join(asking: AskingEnd, upstream: Duplex, first: Buffer, { session, auth }: AdmittedRequest): void {
    const { socket, head, ending, stopWatching } = asking;
    const end = pipeSockets({
      socket,
      upstream,
      first,
      head: Buffer.concat([head, stopWatching()]),
      onClientData: () => slide(),
    });
    const endWithSession = () => end(SESSION_ENDED_CLOSE_CODE, "session ended");
    const slide = session === null ? () => {} : slideOnData(auth, endWithSession);
    ending.end = endWithSession;
    const endWithGateway = () => end(GOING_AWAY_CLOSE_CODE, "going away");
    this.#open.add(endWithGateway);
    socket.once("close", () => this.#open.delete(endWithGateway));
  }
}

/** Ends the upgrade with its session: closes the connection while it is being made, later says goodbye by a close frame. */
interface Ending {
  end: () => void;
}

type Refuse = (code: ProblemCode, retryAfterSeconds?: number | null) => void;

interface AskingEnd {
  readonly socket: Duplex;
  /** The bytes that came with the request. */
  readonly head: Buffer;
  readonly ending: Ending;
  /** Takes the status, for the log. */
  readonly answered: (status: number) => void;
  readonly refuse: Refuse;
  /** Gives what has come since. */
  readonly stopWatching: () => Buffer;
}

/** Has a session go on while its user sends something; a session that is found ended meanwhile ends the connection. */
function slideOnData(auth: AuthSession<unknown>, end: () => void): () => void {
  let lastAt = performance.now();
  return () => {
    if (performance.now() - lastAt < SLIDE_EVERY_MILLISECONDS) return;
    lastAt = performance.now();
    auth.reload({ slide: true }).then(
      ({ user }) => {
        if (user === null) end();
      },
      // The store does not answer. It is asked again with the next data, and by the session watch.
      () => {},
    );
  };
}

function codeOf(decision: Exclude<GateDecision, { readonly kind: "forward" }>): ProblemCode {
  if (decision.kind === "problem") return decision.code;
  // The gateway's own answers have no WebSocket, and a redirection is for pages.
  return decision.kind === "redirect" ? "unauthenticated" : "not_found";
}

function refuseAs(refuse: Refuse, { code, retryAfterSeconds }: ForwardFailure): void {
  refuse(code, retryAfterSeconds);
}

/** The answer to an upgrade that does not come about. */
function endUpgrade(socket: Duplex, code: ProblemCode, retryAfterSeconds: number | null): void {
  endWithProblem(socket, problemObject(code), {
    "x-content-type-options": "nosniff",
    ...(retryAfterSeconds !== null && { "retry-after": String(retryAfterSeconds) }),
  });
}
