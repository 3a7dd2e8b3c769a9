import type { IncomingMessage } from "node:http";
import type { SessionManager } from "coatcheck";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";

/**
 * One line for every answered request: what, how it ended and how long it took. No header, no body and no query: the
 * secrets of a request are in those, and what is never written need not be found and blanked out.
 */
export function addRequestLog(app: FastifyInstance): void {
  // What is not written need not be put together.
  if (!isWritten(app.log)) return;
  app.addHook("onResponse", (request, reply, done) => {
    const { method, url, ip: address } = request;
    request.log.info(requestLine({ method, url, address, status: reply.statusCode, milliseconds: reply.elapsedTime }));
    done();
  });
}

/** The same line for an answer that was sent past the framework. */
export type AnswerLog = (request: IncomingMessage, status: number, milliseconds: number) => void;

export function answerLog(log: FastifyBaseLogger): AnswerLog {
  if (!isWritten(log)) return () => {};
  return ({ method = "", url = "", socket: { remoteAddress: address = "" } }, status, milliseconds) => {
    log.info(requestLine({ method, url, address, status, milliseconds }));
  };
}

function isWritten({ level }: FastifyBaseLogger): boolean {
  return ["trace", "debug", "info"].includes(level);
}

function requestLine(facts: {
  readonly method: string;
  readonly url: string;
  readonly address: string;
  readonly status: number;
  readonly milliseconds: number;
}): object {
  const { method, url, status, milliseconds, address } = facts;
  const rounded = Math.round(milliseconds * 10) / 10;
  return { event: "request", method, path: pathOf(url), status, milliseconds: rounded, address };
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

/** Writes down what happened to sessions, in the words of the OWASP logging vocabulary where it has one. */
export function logSessionEvents(sessions: SessionManager, log: FastifyBaseLogger): void {
  const { events } = sessions;
  events.on("logged_in", (event) => log.info({ event: "authn_login_success", ...event }, "logged in"));
  events.on("logged_out", (event) => log.info({ event: "session_logout", ...event }, "logged out"));
  events.on("revoked", (event) => log.info({ event: "session_revoked", ...event }, "session revoked"));
  events.on("expired", (event) => log.info({ event: "session_expired", ...event }, "session expired"));
  events.on("rotated", (event) => log.info({ event: "session_renewed", ...event }, "cookie renewed"));
  events.on("reauthenticated", (event) => log.info({ event: "authn_reauthenticated", ...event }, "proved again"));
  events.on("token_reused", (event) =>
    log.warn({ event: "authn_token_reuse", ...event }, "possible theft of a cookie"),
  );
  events.on("request_rejected", ({ reason, method, origin }) => {
    // A script that does not know the rule is no attack.
    const name = reason === "cross_origin_request" ? "malicious_csrf" : "request_refused";
    log.warn({ event: name, reason, method, origin: originText(origin) }, "request refused");
  });
}

/** An Origin header as a URL parser reads it. Its bytes are the client's, and some of them command terminals. */
function originText(origin: string | null): string | null {
  if (origin === null || origin === "null") return origin;
  return URL.canParse(origin) ? new URL(origin).origin : "invalid";
}
