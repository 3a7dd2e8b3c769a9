import { answerBrokenRequest } from "@coatcheck/service/broken-requests";
import { closeConnectionsWhenClosing } from "@coatcheck/service/close-connections";
import { refuseTooManyFields } from "@coatcheck/service/field-limit";
import { ForwardedHops } from "@coatcheck/service/forwarded-hops";
import { boundPipelining } from "@coatcheck/service/pipelined-requests";
import { problemFrom } from "@coatcheck/service/problem";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { addCrossOriginSharing } from "./cross-origin-sharing.ts";
import { addErrorResponses } from "./error-responses.ts";
import { addRequestLog } from "./log.ts";
import { problems, sendProblem } from "./problem.ts";
import { addFileRoutes, type FileRoutesParts } from "./routes/files.ts";
import { addHealthRoutes, type HealthRoutesOptions } from "./routes/health.ts";
import { addSecurityHeaders, securityHeaders } from "./security-headers.ts";

export interface ServerParts extends FileRoutesParts, HealthRoutesOptions {
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded-For the service believes. */
  readonly trustedProxies: readonly string[];
  readonly log: FastifyBaseLogger;
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
/** How long a request may take to arrive. Answers have limits of their own. */
const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/** Builds the HTTP server, which does not listen yet, from its parts. */
export function buildServer(parts: ServerParts): FastifyInstance {
  const { allowedOrigins, trustedProxies, publicUrl, log } = parts;
  const headers = securityHeaders({
    isSecure: publicUrl.startsWith("https:"),
    isShared: allowedOrigins.length > 0,
  });
  const app = Fastify({
    loggerInstance: log,
    // `addRequestLog` writes one line for each request, and chooses its content.
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    requestTimeout: REQUEST_TIMEOUT_MILLISECONDS,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    forceCloseConnections: "idle",
    // A request that arrives while the server closes is answered as usual, and its connection ends with the answer.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest(headers, problems),
    // A URL that the router cannot decode.
    frameworkErrors: (_error, _request, reply) => sendProblem(reply.headers(headers), "invalid_path"),
  });
  app.removeAllContentTypeParsers();
  const hops = new ForwardedHops({
    trustedProxies,
    onUnreadable: (hop) =>
      log.warn(
        { event: "client_address_unreadable", hop },
        "a trusted proxy says what is no address: clients count as one",
      ),
  });
  // Runs before any code asks for the client's address.
  app.addHook("onRequest", (request, _reply, done) => {
    hops.tidy(request.raw);
    done();
  });
  closeConnectionsWhenClosing(app);
  // Each request has a file open until it is answered, and a client with a pass may send requests without waiting for
  // answers.
  boundPipelining(app);
  addRequestLog(app);
  addSecurityHeaders(app, headers);
  addCrossOriginSharing(app, allowedOrigins);
  app.addHook("onRequest", (request, reply, done) => {
    if (METHODS.has(request.method)) return done();
    sendProblem(reply, "method_not_allowed", { allow: "GET, HEAD" });
  });
  addErrorResponses(app);
  refuseTooManyFields(app.server, problemFrom(problems, "headers_too_large"), headers);
  addHealthRoutes(app, parts);
  addFileRoutes(app, parts);
  return app;
}
