import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import type { EndedRequest, EndedRequests } from "./ended-requests.ts";

/**
 * Writes one line for every request: method and path, how it ended, whether the whole answer was sent, and how long it
 * took. It writes no header, body or query, because those hold a request's secrets, and secrets that are never written
 * need no blanking out.
 */
export function logRequests(requests: EndedRequests, log: FastifyBaseLogger): void {
  // Without a log at this level, lines need not be composed.
  if (!isWritten(log)) return;
  requests.on((request, ended) => {
    const { method, url, ip: address } = request;
    request.log.info(requestLine({ method, url, address, ...ended }));
  });
}

/** Called for an answer that was sent past the framework. */
export type OnAnswer = (request: IncomingMessage, status: number, milliseconds: number) => void;

/** Writes the same line for an answer that was sent past the framework. */
export function answerLog(log: FastifyBaseLogger, clientAddress: (request: IncomingMessage) => string): OnAnswer {
  if (!isWritten(log)) return () => {};
  return (request, status, milliseconds) => {
    const { method = "", url = "" } = request;
    log.info(requestLine({ method, url, address: clientAddress(request), status, complete: true, milliseconds }));
  };
}

/**
 * Writes the same line for an upgrade, once its connection has closed. Returns a function that takes the status of the
 * answer.
 */
export function logUpgrade(
  log: FastifyBaseLogger,
  { method = "", url = "" }: IncomingMessage,
  about: { readonly address: string; readonly id: string; readonly socket: Duplex },
): (status: number) => void {
  const { address, id, socket } = about;
  const startedAt = performance.now();
  let status: number | null = null;
  socket.once("close", () => {
    const facts = {
      method,
      url,
      address,
      status,
      complete: status !== null,
      milliseconds: performance.now() - startedAt,
    };
    log.info({ reqId: id, ...requestLine(facts) });
  });
  return (answered) => {
    status = answered;
  };
}

function isWritten({ level }: FastifyBaseLogger): boolean {
  return ["trace", "debug", "info"].includes(level);
}

interface RequestFacts extends EndedRequest {
  readonly method: string;
  readonly url: string;
  readonly address: string;
}

function requestLine({ method, url, status, complete, milliseconds, address }: RequestFacts): object {
  const rounded = Math.round(milliseconds * 10) / 10;
  return { event: "request", method, path: pathOf(url), status, complete, milliseconds: rounded, address };
}

/** Strangers choose how long a path is, and how often it is logged. */
const LONGEST_PATH = 1_024;

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return url.slice(0, query === -1 ? LONGEST_PATH : Math.min(query, LONGEST_PATH));
}

/** Makes request ids that differ on every node and after every start: the log and the audit log outlive both. */
export function requestIds(): () => string {
  const prefix = randomBytes(6).toString("base64url");
  let count = 0;
  return () => `${prefix}.${(++count).toString(36)}`;
}
