import { ignoreOtherUpgrades } from "@coatcheck/service/ignored-upgrades";
import { listen } from "@coatcheck/service/listen";
import type { LogLoss } from "@coatcheck/service/log-destination";
import { SessionManager, type SessionPolicy, systemClock } from "coatcheck";
import { parsePublicOrigin } from "coatcheck/adapter";
import type { FastifyBaseLogger } from "fastify";
import type { AccountStore } from "./accounts/account-store.ts";
import { CredentialChanges } from "./accounts/credentials/credential-changes.ts";
import { PasswordAuthenticator } from "./accounts/credentials/password-authenticator.ts";
import { NewPasswordCheck } from "./accounts/passwords/new-password-check.ts";
import { PasswordHasher } from "./accounts/passwords/password-hasher.ts";
import { OverallFailures } from "./accounts/throttling/overall-failures.ts";
import { AuditWriter } from "./audit/audit-writer.ts";
import { logSecurityEvents, SecurityEvents } from "./audit/security-events.ts";
import { reportSessionEvents } from "./audit/session-events.ts";
import { makeDataFolder } from "./config/data-folder.ts";
import { sessionPolicies } from "./config/session-policies.ts";
import { type GatewayConfiguration, settings } from "./config/settings.ts";
import { warnAtStart } from "./config/startup-warnings.ts";
import { OriginDoors } from "./doors/origin-doors.ts";
import { GatewayError } from "./errors.ts";
import { clientAddressBehind, forwardedHops, isTrustedPeer } from "./http/client-address.ts";
import { requestIds } from "./http/log.ts";
import { ownCookies } from "./http/own-cookies.ts";
import { ServedOrigins } from "./http/served-origins.ts";
import { choresOf } from "./maintenance/chores.ts";
import { watchClock } from "./maintenance/clock-watch.ts";
import { Maintenance } from "./maintenance/maintenance.ts";
import { readinessOf } from "./maintenance/readiness.ts";
import type { GatewayMetrics } from "./metrics/gateway-metrics.ts";
import { serveMetrics } from "./metrics/serve-metrics.ts";
import { loadPageFiles, type PageFiles } from "./pages/page-files.ts";
import { PassRevokingStore } from "./passes/pass-revoking-store.ts";
import type { PassRule } from "./passes/pass-rule.ts";
import { SignedAccess } from "./passes/signed-access.ts";
import { AccessDecider } from "./proxy/access-decision.ts";
import { LiveConnections } from "./proxy/connections/live-connections.ts";
import { SessionWatch } from "./proxy/connections/session-watch.ts";
import { RequestGate } from "./proxy/request-gate.ts";
import { tryConnect } from "./proxy/upstream/try-connect.ts";
import { UpstreamHealth } from "./proxy/upstream/upstream-health.ts";
import { Upstreams } from "./proxy/upstream/upstreams.ts";
import { Upgrades } from "./proxy/websocket/upgrades.ts";
import { RouteTable } from "./routing/route-table.ts";
import { buildServer } from "./server.ts";
import { openAccountDatabase } from "./storage/accounts/open-account-database.ts";
import type { OpenAccounts } from "./storage/accounts/open-accounts.ts";
import { type OpenSessionStore, openSessionStore } from "./storage/sessions/open-session-store.ts";
import type { DatabasePurpose } from "./storage/sqlite/database-purpose.ts";

export interface GatewayOptions {
  readonly configuration: GatewayConfiguration;
  readonly purpose: Exclude<DatabasePurpose, "command_line">;
  readonly log: FastifyBaseLogger;
  /** How many lines of the log are missing, for the metrics; none by default. */
  readonly logLoss?: () => LogLoss;
  /** Adds what must be there before the first request, such as a demo's users. */
  readonly prepare?: (parts: PreparationParts) => Promise<void>;
  /** Decides who may open what in the file service, instead of what the configuration allows. */
  readonly passRule?: PassRule;
}

export interface PreparationParts {
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
  readonly changes: CredentialChanges;
}

/** A gateway that answers. */
export interface Gateway {
  /** From now on says that it is not ready, and serves as before. */
  announceEnd(): void;
  /** Lets the requests that are being served finish, and frees everything. */
  close(): Promise<void>;
}

/** When closing, a request that is being served has so long to be answered. */
const LONGEST_ANSWER_MILLISECONDS = 5_000;

/**
 * Puts a gateway together and starts it: the composition root. Only here do stores, clock and settings meet.
 *
 * @throws GatewayError, for what an operator can mend; the message says what
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { configuration, purpose, log } = options;
  const pages = await loadPageFiles();
  makeDataFolder(configuration);
  const database = await openAccountDatabase(configuration, purpose, systemClock, (reason) => {
    log.error(
      { event: "account_changes_unheard", reason },
      "changes to accounts cannot be received, so no account is cached",
    );
  });
  try {
    const metrics = configuration.metricsPort === null ? null : await createMetrics();
    const sessionStore = await openSessionStore(
      configuration,
      systemClock,
      (reason) => {
        log.error({ event: "sessions_unreachable", reason }, "the connection to the sessions failed");
      },
      metrics && ((operation, outcome, seconds) => metrics.storeCalled(operation, outcome, seconds)),
    );
    try {
      const passwords = await NewPasswordCheck.open(configuration.breachedPasswordsFile);
      try {
        return await serve(options, { pages, database, sessionStore, passwords, metrics });
      } catch (error) {
        await passwords.close();
        throw error;
      }
    } catch (error) {
      await sessionStore.close();
      throw error;
    }
  } catch (error) {
    // An open connection would keep alive a process that has nothing left to do.
    await database.close();
    throw error;
  }
}

/** The counters are loaded only where something is counted. */
async function createMetrics(): Promise<GatewayMetrics> {
  const { GatewayMetrics } = await import("./metrics/gateway-metrics.ts");
  return new GatewayMetrics();
}

interface OpenParts {
  readonly pages: PageFiles;
  readonly database: OpenAccounts;
  readonly sessionStore: OpenSessionStore;
  readonly passwords: NewPasswordCheck;
  readonly metrics: GatewayMetrics | null;
}

/** The gateway that results closes what it was given. */
async function serve(options: GatewayOptions, parts: OpenParts): Promise<Gateway> {
  const { configuration, log, logLoss = () => ({ unwritable: 0, flood: 0 }), prepare, passRule } = options;
  const clock = systemClock;
  const { pages, database, sessionStore, passwords, metrics } = parts;
  const { accounts, throttle, devices } = database;
  const access = new SignedAccess({
    configuration,
    store: database.access,
    clock,
    ...(passRule === undefined ? {} : { rule: passRule }),
    ...(metrics !== null && { onPassRuleQuestion: metrics.passRuleAsked.bind(metrics) }),
  });
  await access.prepare();
  const store = access.issuesPasses
    ? new PassRevokingStore(sessionStore.store, database.access, clock)
    : sessionStore.store;
  const sessions = new SessionManager({ store, policy: sessionPolicyOf(configuration), clock });
  const originOf = (url: string) =>
    parsePublicOrigin(url, { dangerouslyAllowInsecureOrigin: configuration.dangerouslyAllowInsecureHttp });
  const [primary, ...others] = configuration.publicUrl;
  const origins = new ServedOrigins([originOf(primary), ...others.map(originOf)], configuration);
  const doors = new OriginDoors({ origins, sessions, accounts });
  const hasher = await PasswordHasher.create();
  const changes = new CredentialChanges({ accounts, sessions, hasher, throttle, devices });
  const security = new SecurityEvents();
  const overall = new OverallFailures(() => {
    security.report({ event: "excess_rate_limit_exceeded", detail: { asked: "login", limit: "overall" } });
  });
  const authenticator = new PasswordAuthenticator({
    accounts,
    hasher,
    throttle,
    devices,
    changes,
    sessions,
    overall,
  });
  const audit = new AuditWriter({ log: database.audit, clock });
  security.on((report, origin) => audit.record(report, origin));
  logSecurityEvents(security, log);
  reportSessionEvents(sessions, security, { isByUsers: true });
  await prepare?.({ accounts, hasher, changes });
  await watchClock(sessions, log);
  await warnAtStart(configuration, accounts, log);

  const live = new LiveConnections();
  const isOwnCookie = ownCookies(doors.cookies);
  const health = new UpstreamHealth({ clock, log, tryConnect });
  const upstreams = new Upstreams({
    isOwnCookie,
    live,
    health,
    log,
    ...(metrics !== null && { onAnswer: metrics.upstreamAnswered.bind(metrics) }),
  });
  const decider = new AccessDecider({ access, security });
  const gate = new RequestGate({ doors, routes: new RouteTable(configuration.routes), decider });
  const { forwardAuth, trustedProxies } = configuration;
  const hops = forwardedHops(trustedProxies, log);
  const clientAddress = clientAddressBehind(trustedProxies, hops);
  let isEnding = false;
  const checkReadiness = readinessOf(database, sessions);
  const server = buildServer({
    identity: { origins, doors, access, authenticator, changes, passwords, devices },
    traffic: {
      frontDoor: { gate, upstreams },
      verify: forwardAuth ? { decider, isTrustedPeer: isTrustedPeer(trustedProxies), clientAddress } : null,
      trustedProxies,
      hops,
    },
    observability: {
      log,
      security,
      metrics,
      checkReadiness: async () => {
        if (isEnding) throw new Error("The gateway was told to stop.");
        await checkReadiness();
      },
    },
    pages,
    clock,
  });
  const upgrades = new Upgrades({
    origins,
    gate,
    upstreams,
    live,
    health,
    isOwnCookie,
    log,
    clientAddress,
    nextId: requestIds(),
  });
  ignoreOtherUpgrades(server.server, (request, socket, head) => upgrades.handle(request, socket, head));
  const watch = new SessionWatch({ live, store: sessionStore.store, sessions, accounts, log });
  const stopMetrics = await serveMetrics(metrics, configuration, {
    openConnections: () => live.count(),
    admits: (upstream) => health.admits(upstream),
    audit,
    security,
    sessionStore: sessionStore.store,
    sessions,
    logLoss,
    log,
  });
  try {
    const { host, port } = configuration;
    await listen(server, { host, port, env: { host: settings.host.env, port: settings.port.env } }, GatewayError);
  } catch (error) {
    await stopMetrics();
    throw error;
  }
  const chores = choresOf(
    { database, sessions, changes, access, audit, checkConnections: () => watch.check(), clock, log },
    {
      removeSessionsEverySeconds: sessionStore.sweepEverySeconds,
      auditRetentionDays: configuration.auditRetentionDays,
    },
  );
  const maintenance = new Maintenance(chores, log);
  return {
    announceEnd() {
      isEnding = true;
    },
    async close() {
      // A connection that never asks anything would be waited for until its time is up.
      upgrades.close();
      const timer = setTimeout(() => server.server.closeAllConnections(), LONGEST_ANSWER_MILLISECONDS);
      await server.close();
      clearTimeout(timer);
      await maintenance.stop();
      await audit.close().catch((error: unknown) => {
        log.error({ event: "audit_lost", err: error }, "the last audit events could not be written");
      });
      await stopMetrics();
      watch.close();
      await upstreams.close();
      await passwords.close();
      await sessionStore.close();
      await database.close();
    },
  };
}

function sessionPolicyOf({ sessionPolicy, freshForSeconds }: GatewayConfiguration): SessionPolicy {
  const policy = sessionPolicies[sessionPolicy];
  return freshForSeconds === null ? policy : { ...policy, freshForSeconds };
}
