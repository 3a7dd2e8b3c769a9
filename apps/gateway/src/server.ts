import type { IncomingMessage } from "node:http";
import { answerBrokenRequest } from "@coatcheck/service/broken-requests";
import { closeConnectionsWhenClosing } from "@coatcheck/service/close-connections";
import { refuseTooManyFields } from "@coatcheck/service/field-limit";
import type { ForwardedHops } from "@coatcheck/service/forwarded-hops";
import type { Clock } from "coatcheck";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { CredentialChanges } from "./accounts/credentials/credential-changes.ts";
import type { PasswordAuthenticator } from "./accounts/credentials/password-authenticator.ts";
import type { NewPasswordCheck } from "./accounts/passwords/new-password-check.ts";
import type { KnownDevices } from "./accounts/throttling/known-devices.ts";
import { addRoutesWithMethodNotAllowed } from "./api/method-not-allowed.ts";
import { addRoutes } from "./api/routes.ts";
import type { SecurityEvents } from "./audit/security-events.ts";
import type { OriginDoors } from "./doors/origin-doors.ts";
import { addVerify } from "./forward-auth/verify.ts";
import type { VerdictParts } from "./forward-auth/verify-verdict.ts";
import { requireBody } from "./http/body-timeout.ts";
import { refuseExpectations, requireKnownPeers } from "./http/connection-rules.ts";
import { EndedRequests } from "./http/ended-requests.ts";
import { acceptJsonOnly, forgetTypeOfNothing } from "./http/json-bodies.ts";
import { answerLog, logRequests, requestIds } from "./http/log.ts";
import { problemObject, problems } from "./http/problem.ts";
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
  readonly identity: IdentityParts;
  readonly traffic: TrafficParts;
  readonly observability: ObservabilityParts;
  readonly pages: PageFiles;
  readonly clock: Clock;
}

/** The parts that tell who a user is, and prove it. */
export interface IdentityParts {
  readonly origins: ServedOrigins;
  readonly doors: OriginDoors;
  readonly access: SignedAccess;
  readonly authenticator: PasswordAuthenticator;
  readonly changes: CredentialChanges;
  readonly passwords: NewPasswordCheck;
  readonly devices: KnownDevices;
}

/** The parts that decide where requests come from, and where they are sent on to. */
export interface TrafficParts {
  readonly frontDoor: Omit<FrontDoorParts, "origins">;
  /** Null refuses to answer other proxies' questions. */
  readonly verify: Omit<VerdictParts, "origins" | "doors"> | null;
  /** Addresses and networks whose X-Forwarded-For the gateway believes. */
  readonly trustedProxies: readonly string[];
  readonly hops: ForwardedHops;
}

/** The parts that show operators a running gateway. */
export interface ObservabilityParts {
  readonly log: FastifyBaseLogger;
  readonly security: SecurityEvents;
  /** Null counts nothing. */
  readonly metrics: GatewayMetrics | null;
  readonly checkReadiness: () => Promise<void>;
}

const MAXIMUM_BODY_BYTES = 16 * 1_024;
/** Also the longest time that a request may take to send all its headers. */
const HEADERS_TIMEOUT_MILLISECONDS = 30_000;
const CHECK_CONNECTIONS_EVERY_MILLISECONDS = 5_000;

/** The gateway's HTTP server, not yet listening. The caller passes in everything it needs. */
export function buildServer({ identity, traffic, observability, pages, clock }: ServerParts): FastifyInstance {
  const { origins, doors } = identity;
  const { auth } = doors;
  const { frontDoor, verify, trustedProxies, hops } = traffic;
  const { log, metrics } = observability;
  const headersFor = (request: IncomingMessage) => origins.findOrPrimary(request.headers.host).securityHeaders;
  const ended = new EndedRequests();
  // Runs before the client's address is read.
  const begin = (request: FastifyRequest, reply: FastifyReply) => {
    hops.tidy(request.raw);
    requireBody(request.raw);
    forgetTypeOfNothing(request.raw);
    ended.watch(request, reply);
  };
  const problemAnswers = new ProblemAnswers(pages.problem);
  const app = Fastify({
    loggerInstance: log,
    // `logRequests` writes one line a request, and chooses what is in it.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAXIMUM_BODY_BYTES,
    genReqId: requestIds(),
    // The code that reads or forwards a body decides how long it may take.
    requestTimeout: 0,
    http: {
      headersTimeout: HEADERS_TIMEOUT_MILLISECONDS,
      connectionsCheckingInterval: CHECK_CONNECTIONS_EVERY_MILLISECONDS,
    },
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    forceCloseConnections: "idle",
    // A request that arrives while closing gets its normal answer, and its connection ends with it.
    return503OnClosing: false,
    clientErrorHandler: answerBrokenRequest(origins.primary.securityHeaders, problems),
    // Fastify runs no hook for these errors.
    frameworkErrors: (error, request, reply) => {
      begin(request, reply);
      reply.headers(headersFor(request.raw));
      const isPathAlone = error.code === "FST_ERR_BAD_URL" && !hasUnclearHost(request.raw);
      // A route may lead to a service whose paths are not UTF-8.
      const taken = isPathAlone ? passThrough(request, reply) : Promise.resolve(undefined);
      taken.then(
        (answered) => answered ?? problemAnswers.send(reply, "invalid_request"),
        (fault) => answerFault(fault, { request, reply }, problemAnswers),
      );
    },
    // A request must hold the expected types; nothing is converted into them.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  requireKnownPeers(app.server);
  acceptJsonOnly(app);
  app.addHook("onRequest", (request, reply, done) => {
    begin(request, reply);
    done();
  });
  const isClosing = closeConnectionsWhenClosing(app);
  logRequests(ended, log);
  measureRequests(app, ended, metrics);
  addSecurityHeaders(app, headersFor);
  addErrorResponses(app, problemAnswers);
  if (verify !== null) {
    const onAnswer = measureAnswers(answerLog(log, verify.clientAddress), "verify", metrics);
    addVerify(app, { ...verify, origins, doors, isClosing, onAnswer, log });
  }
  refuseExpectations(app.server);
  refuseTooManyFields(app.server, problemObject("headers_too_large"), origins.primary.securityHeaders);
  refuseOtherHosts(app, origins);
  const passThrough = addFrontDoor(app, { ...frontDoor, origins }, problemAnswers);
  app.register(auth.plugin, { onRefused: ({ code }, _request, reply) => problemAnswers.send(reply, code) });
  addRoutesWithMethodNotAllowed(app, problemAnswers, () => {
    addRoutes(app, { ...identity, ...observability, auth, pages, clock });
  });
  return app;
}
