import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Duplex } from "node:stream";
import { endWithProblem } from "@coatcheck/service/socket-problem";
import type { Visit } from "coatcheck";
import type { FastifyBaseLogger } from "fastify";
import { type ProblemCode, problemObject } from "../problem.ts";
import { returnedHeaders } from "./forwarded-response.ts";
import type { LiveConnections } from "./live-connections.ts";
import type { GateDecision, RequestGate } from "./request-gate.ts";
import { roleOf } from "./route.ts";
import { upstreamFault } from "./upstream-fault.ts";
import type { UpstreamHealth } from "./upstream-health.ts";
import { type AdmittedRequest, UPSTREAM_DOWN, type Upstreams } from "./upstreams.ts";
import { closeFrame, FrameReader } from "./websocket-frames.ts";

export interface UpgradesParts {
  readonly gate: RequestGate;
  readonly upstreams: Upstreams;
  readonly live: LiveConnections;
  readonly health: UpstreamHealth;
  readonly isOwnCookie: (name: string) => boolean;
  /** Whether the request is for a host that is served here. */
  readonly isServed: (request: IncomingMessage) => boolean;
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly log: FastifyBaseLogger;
}

/** What a client is told whose session has ended: of the codes for applications (RFC 6455, 7.4.2). */
const SESSION_ENDED_CLOSE_CODE = 4_401;
/** The server stops (RFC 6455, 7.4.1). */
const GOING_AWAY_CLOSE_CODE = 1_001;
/** For a frame that is under way when the session ends; and for the client to close its side. */
const CLOSING_MILLISECONDS = 100;
/** Data from the client shows that somebody is there. Told to the store no more often than this. */
const SLIDE_EVERY_MILLISECONDS = 30_000;
const NORMAL: Readonly<Record<string, string>> = { connection: "Upgrade", upgrade: "websocket" };

/**
 * Upgrades lets WebSockets through to their upstream, and nothing else that a connection could be upgraded to. An
 * upgrade is a GET that opens a channel for anything, so the guard asks where it comes from. It ends with its session.
 */
export class Upgrades {
  readonly #parts: UpgradesParts;
  readonly #open = new Set<() => void>();

  constructor(parts: UpgradesParts) {
    this.#parts = parts;
  }

  async handle(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { gate, health, isServed, clientAddress, log } = this.#parts;
    // A connection that breaks is told by its end as well.
    socket.on("error", () => socket.destroy());
    try {
      if (!isServed(request)) return refuse(socket, "misdirected_request");
      if (request.headers.upgrade?.toLowerCase() !== "websocket") return refuse(socket, "invalid_request");
      const decision = await gate.decide(request, clientAddress(request));
      if (decision.kind !== "forward") return refuse(socket, codeOf(decision));
      const { upstream } = decision.admitted.route;
      if (!health.admits(upstream)) return refuse(socket, UPSTREAM_DOWN.code, UPSTREAM_DOWN.retryAfterSeconds);
      await this.#connect(request, socket, head, decision.admitted);
    } catch (error) {
      log.error({ event: "request_failed", err: error }, "an upgrade failed");
      refuse(socket, "unavailable");
    }
  }

  /** Ends all of them: the gateway stops. */
  close(): void {
    for (const end of this.#open) end();
  }

  #connect(request: IncomingMessage, socket: Duplex, head: Buffer, admitted: AdmittedRequest): Promise<void> {
    const { upstreams, health, log } = this.#parts;
    const { route } = admitted;
    const { protocol, hostname, port } = new URL(route.upstream);
    const headers = [...upstreams.requestHeaders(request, admitted), ...Object.entries(NORMAL).flat()];
    // On a connection of its own: one that an upstream left open after a refusal must not be anybody else's.
    const target = { hostname: hostname.replace(/^\[|\]$/g, ""), port, path: request.url };
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
          refuse(socket, "upstream_unreachable");
          resolve();
          return;
        }
        outgoing.setTimeout(0);
        upstream.setTimeout(0);
        // As the parser read it: a byte each.
        socket.write(this.#switching(answer), "latin1");
        this.#join({ socket, upstream, head, first }, admitted);
        resolve();
      });
      // It does not want to, and says why.
      outgoing.on("response", (answer) => {
        answer.resume();
        refuse(socket, answer.statusCode === 404 ? "not_found" : "upstream_unreachable");
        resolve();
      });
      outgoing.on("error", (error) => {
        // Whoever asked may have left before there was a connection.
        if (!isConnected && !socket.destroyed) health.connectFailed(route.upstream);
        const fault = upstreamFault(error);
        log.warn({ event: "upstream_failed", upstream: route.upstream, fault }, "an upstream failed");
        refuse(socket, "upstream_unreachable");
        resolve();
      });
      outgoing.end();
    });
  }

  #switching(answer: IncomingMessage): string {
    const { isOwnCookie } = this.#parts;
    const returned = returnedHeaders(answer.rawHeaders, { isOwnCookie, hasOwnCors: false });
    const lines = [...Object.entries(NORMAL), ...returned].map(([name, value]) => `${name}: ${value}`);
    return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`;
  }

  /** Bytes go both ways as they come. The frames are followed, for the end of the session and for signs of life. */
  #join(ends: JoinedEnds, { session, visit, route }: AdmittedRequest): void {
    const { socket, upstream, head, first } = ends;
    const fromUpstream = new FrameReader();
    const fromClient = new FrameReader();
    let isBetweenFrames = true;
    let isEnding = false;

    let farewellFrame = closeFrame(SESSION_ENDED_CLOSE_CODE, "session ended");
    const farewell = () => {
      socket.end(farewellFrame);
      upstream.destroy();
    };
    const end = () => {
      isEnding = true;
      // Within a frame anything else would be taken for part of it. One that does not end soon is cut off.
      if (isBetweenFrames) farewell();
      setTimeout(() => {
        socket.destroy();
        upstream.destroy();
      }, CLOSING_MILLISECONDS).unref();
    };
    const slide = session === null ? () => {} : slideOnData(visit, end);

    const forward = (piece: Buffer) => {
      ({ isBetweenFrames } = fromUpstream.read(piece));
      if (!socket.write(piece)) upstream.pause();
      if (isEnding && isBetweenFrames) farewell();
    };
    upstream.on("data", forward);
    socket.on("drain", () => upstream.resume());
    socket.on("data", (piece: Buffer) => {
      if (fromClient.read(piece).hasData) slide();
      if (!upstream.write(piece)) socket.pause();
    });
    upstream.on("drain", () => socket.resume());
    if (first.length > 0) forward(first);
    if (head.length > 0) socket.unshift(head);

    upstream.on("error", () => upstream.destroy());
    upstream.once("end", () => socket.end());
    upstream.once("close", () => socket.end());
    socket.once("end", () => upstream.end());
    socket.once("close", () => upstream.destroy());
    if (session !== null) this.#parts.live.add(session, socket, { role: roleOf(route), end });
    const endWithGateway = () => {
      farewellFrame = closeFrame(GOING_AWAY_CLOSE_CODE, "going away");
      end();
    };
    this.#open.add(endWithGateway);
    socket.once("close", () => this.#open.delete(endWithGateway));
  }
}

interface JoinedEnds {
  readonly socket: Duplex;
  readonly upstream: Duplex;
  /** What came from either before the two were joined. */
  readonly head: Buffer;
  readonly first: Buffer;
}

/** Has a session go on while its user sends something; a session that is found ended meanwhile ends the connection. */
function slideOnData(visit: Visit, end: () => void): () => void {
  let lastAt = performance.now();
  return () => {
    if (performance.now() - lastAt < SLIDE_EVERY_MILLISECONDS) return;
    lastAt = performance.now();
    visit.refresh();
    visit.authenticate().then(
      ({ status }) => {
        if (status !== "authenticated") end();
      },
      // The store does not say. It is asked again with the next data, and by whoever watches over what is open.
      () => {},
    );
  };
}

function codeOf(decision: Exclude<GateDecision, { readonly kind: "forward" }>): ProblemCode {
  if (decision.kind === "problem") return decision.code;
  // What the gateway answers by itself has no WebSocket; and a redirection is for pages.
  return decision.kind === "redirect" ? "unauthenticated" : "not_found";
}

/** The answer to an upgrade that does not come about. */
function refuse(socket: Duplex, code: ProblemCode, retryAfterSeconds: number | null = null): void {
  endWithProblem(socket, problemObject(code), {
    "x-content-type-options": "nosniff",
    ...(retryAfterSeconds !== null && { "retry-after": String(retryAfterSeconds) }),
  });
}
