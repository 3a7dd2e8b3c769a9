import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { answerBrokenRequest } from "@coatcheck/service/broken-requests";
import { closeConnectionsWhenClosing } from "@coatcheck/service/close-connections";
import { refuseTooManyFields } from "@coatcheck/service/field-limit";
import type { ForwardedHops } from "@coatcheck/service/forwarded-hops";
import { requireKnownPeers } from "@coatcheck/service/known-peers";
import type { Clock, SessionManager } from "coatcheck";
import { fastifySessions } from "coatcheck/adapters/fastify";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { AccountStore } from "./accounts/account-store.ts";
import type { CredentialChanges } from "./accounts/credentials/credential-changes.ts";
import type { PasswordAuthenticator } from "./accounts/credentials/password-authenticator.ts";
import type { NewPasswordCheck } from "./accounts/passwords/new-password-check.ts";
import type { KnownDevices } from "./accounts/throttling/known-devices.ts";
import { addAccessRoutes } from "./api/access.ts";
import { addHealthRoutes } from "./api/health.ts";
import { addKeySetRoutes } from "./api/key-sets.ts";
import { addLoginRoute } from "./api/login.ts";
import { addLogoutRoute } from "./api/logout.ts";
import { addMeRoutes } from "./api/me.ts";
import { addRoutesWithMethodNotAllowed } from "./api/method-not-allowed.ts";
import { addOpenApiRoute } from "./api/openapi.ts";
import { addPageRoutes } from "./api/pages.ts";
import { addPasswordRoute } from "./api/password.ts";
import { addReauthenticateRoute } from "./api/reauthenticate.ts";
import { addSessionRoutes } from "./api/sessions.ts";
import type { SecurityEvents } from "./audit/security-events.ts";
import { addVerify } from "./forward-auth/verify.ts";
import type { VerdictParts } from "./forward-auth/verify-verdict.ts";
import { requireBody } from "./http/body-timeout.ts";
import { EndedRequests } from "./http/ended-requests.ts";
import { acceptJsonOnly, forgetTypeOfNothing } from "./http/json-bodies.ts";
import { answerLog, logRequests } from "./http/log.ts";
import { problemObject, problems } from "./http/problem.ts";
import { requestIds } from "./http/request-ids.ts";
import { addSecurityHeaders } from "./http/security-headers.ts";
import { hasUnclearHost, refuseOtherHosts } from "./http/served-host.ts";
import type { ServedOrigins } from "./http/served-origins.ts";
import type { GatewayMetrics } from "./metrics/gateway-metrics.ts";
import { measureAnswers, measureRequests } from "./metrics/measure-requests.ts";
import { addErrorResponses, answerFault } from "./pages/error-responses.ts";
import type { PageFiles } from "./pages/page-files.ts";
import { ProblemAnswers } from "./pages/problem-answers.ts";
import type { SignedAccess } from "./passes/signed-access.ts";
import { addFrontDoor, type FrontDoorParts } from "./proxy/front-door.ts";

export interface ServerParts {
  readonly origins: ServedOrigins;
  readonly sessions: SessionManager;
  readonly accounts: AccountStore;
  readonly access: SignedAccess;
  readonly authenticator: PasswordAuthenticator;
  readonly changes: CredentialChanges;
  readonly passwords: NewPasswordCheck;
  readonly devices: KnownDevices;
  readonly pages: PageFiles;
  readonly frontDoor: Omit<FrontDoorParts, "origins">;
  /** Null answers no proxy. */
  readonly verify: Omit<VerdictParts, "origins"> | null;
  readonly clock: Clock;
  readonly security: SecurityEvents;
  readonly log: FastifyBaseLogger;
  /** Null counts nothing. */
  readonly metrics: GatewayMetrics | null;
  readonly checkReadiness: () => Promise<void>;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly hops: ForwardedHops;
}

const MAXIMUM_BODY_BYTES = 16 * 1_024;
/** And for so long at most a request may be without all its headers. */
const HEADERS_TIMEOUT_MILLISECONDS = 30_000;
const CHECK_CONNECTIONS_EVERY_MILLISECONDS = 5_000;

/** The gateway's HTTP server, not yet listening. Everything it needs is handed to it. */
export function buildServer(parts: ServerParts): FastifyInstance {
  const { origins } = parts;
  const headersFor = (request: IncomingMessage) => origins.findOrPrimary(request.headers.host).securityHeaders;
  const ended = new EndedRequests();
  // Before anybody asks for the client's address.
  const begin = (request: FastifyRequest, reply: FastifyReply) => {
    parts.hops.tidy(request.raw);
    requireBody(request.raw);
    forgetTypeOfNothing(request.raw);
    ended.watch(request, reply);
  };
  const problemAnswers = new ProblemAnswers(parts.pages.problem);
  const app = Fastify({
    loggerInstance: parts.log,
    // `logRequests` writes one line a request, and chooses what is in it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAXIMUM_BODY_BYTES,
    genReqId: requestIds(),
    // How long a body may take is decided where it is known whose it is.
    requestTimeout: 0,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MILLISECONDS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MILLISECONDS,
    },
    trustProxy: parts.trustedProxies.length === 0 ? false : [...parts.trustedProxies],
    forceCloseConnections: "idle",
    // What arrives while closing is answered like anything else, and its connection ended with the answer.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest(origins.primary.securityHeaders, problems),
    // No hook is run for these.
    frameworkErrors: (error, request, reply) => {
      begin(request, reply);
      reply.headers(headersFor(request.raw));
      const isPathAlone = error.code === "FST_ERR_BAD_URL" && !hasUnclearHost(request.raw);
      // A route may be for a service that writes no UTF-8.
      const taken = isPathAlone ? frontDoor(request, reply) : Promise.resolve(undefined);
      taken.then(
        (answered) => answered ?? problemAnswers.send(reply, "invalid_request"),
        (fault) => answerFault(fault, { request, reply }, problemAnswers),
      );
    },
    // What a request holds must be what is expected, not what could be made of it.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  requireKnownPeers(app.server);
  acceptJsonOnly(app);
  app.addHook("onRequest", (request, reply, done) => {
    begin(request, reply);
    done();
  });
  const isClosing = closeConnectionsWhenClosing(app);
  logRequests(ended, parts.log);
  measureRequests(app, ended, parts.metrics);
  addSecurityHeaders(app, headersFor);
  addErrorResponses(app, problemAnswers);
  if (parts.verify !== null) {
    const logAnswer = answerLog(parts.log, parts.verify.clientAddress);
    const onAnswer = measureAnswers(logAnswer, "verify", parts.metrics);
    addVerify(app, { ...parts.verify, origins, isClosing, onAnswer, log: parts.log });
  }
  refuseExpectations(app.server);
  refuseTooManyFields(app.server, problemObject("headers_too_large"), origins.primary.securityHeaders);
  refuseOtherHosts(app, origins);
  const frontDoor = addFrontDoor(app, { ...parts.frontDoor, origins }, problemAnswers);
  app.register(fastifySessions, {
    guard: ({ raw }) => origins.findOrPrimary(raw.headers.host).guard,
    onRefused: (refusal, _request, reply) => problemAnswers.send(reply, refusal.code),
  });
  addRoutesWithMethodNotAllowed(app, problemAnswers, () => {
    addHealthRoutes(app, parts);
    addLoginRoute(app, parts);
    addLogoutRoute(app);
    addMeRoutes(app, parts);
    addSessionRoutes(app, parts);
    addReauthenticateRoute(app, parts);
    addPasswordRoute(app, parts);
    addKeySetRoutes(app, parts);
    addOpenApiRoute(app, parts);
    if (parts.access.issuesPasses) addAccessRoutes(app, parts);
    addPageRoutes(app, parts);
  });
  return app;
}

/**
 * But for "100-continue", which Node sees to (RFC 9110, 10.1.1). Whoever expects something else may send a body all the same,
 * so the connection ends.
 */
function refuseExpectations(server: Server): void {
  server.on("checkExpectation", (_request, response: ServerResponse) => {
    response.writeHead(417, { connection: "close", "content-length": "0" }).end();
  });
}
