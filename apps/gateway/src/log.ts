import type { SessionManager } from "coatcheck";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";

/**
 * One line for every answered request: what, how it ended and how long it took. No header, no body and no query: the
 * secrets of a request are in those, and what is never written need not be found and blanked out.
 */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook("onResponse", (request, reply, done) => {
    request.log.info({
      event: "request",
      method: request.method,
      path: pathOf(request.url),
      status: reply.statusCode,
      milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      address: request.ip,
    });
    done();
  });
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
