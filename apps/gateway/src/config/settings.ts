import { join } from "node:path";
import { absent, constant, derived } from "@coatcheck/service/settings/defaults";
import { host, logLevelSetting, stopDelaySeconds } from "@coatcheck/service/settings/server-settings";
import { type ConfigurationOf, type Settings, setting } from "@coatcheck/service/settings/setting";
import { InvalidValue } from "@coatcheck/service/settings/value-type";
import {
  hostName,
  listOf,
  networks,
  oneOf,
  path,
  port,
  seconds,
  trueOrFalse,
  wholeNumber,
} from "@coatcheck/service/settings/value-types";
import { signatureAlgorithms } from "coatcheck/keys";
import { PASS_LIFETIME_SECONDS } from "coatcheck/passes";
import { type PublicOrigins, publicOrigins, requireSecureOrigins } from "../routing/public-url.ts";
import { requireReachableRoutes, routeList } from "../routing/route-list.ts";
import { goesWith } from "./goes-with.ts";
import { databaseLocation, postgresLocation, sessionsLocation } from "./location-types.ts";
import { type DatabaseLocation, isRemote, type SessionsLocation } from "./locations.ts";
import { accessPaths, filesOrigin, keyEncryptionSecret, passLifetime, ruleUrl } from "./pass-types.ts";
import { sessionPolicyNames } from "./session-policies.ts";

/** Every setting that an operator of the gateway decides. */
export const settings = {
  /**
   * In the form in which browsers serialise origins: no path, no slash at the end. Tokens name the first as their
   * issuer.
   */
  publicUrl: setting({
    env: "COATCHECK_PUBLIC_URL",
    type: publicOrigins,
    default: derived("`http://localhost:PORT`", publicUrlAtPort),
    check: requireSecureOrigins,
    meaning:
      "The origin that browsers see. It decides about the cookie and CSRF. Several, separated by commas or as a list, are a login " +
      "each; the first names the gateway in tokens.",
    document: "docs/several-origins.md",
  }),
  host,
  port: setting({
    env: "PORT",
    type: port,
    default: constant(8_080),
    meaning: "The port to listen on. 0 takes any free port.",
  }),
  /** An absolute path. The folder is made when a database in it is opened. */
  data: setting({
    env: "COATCHECK_DATA",
    type: path,
    default: derived("`.coatcheck`", () => path.parse(".coatcheck")),
    meaning: "The folder for everything that is kept on this machine.",
  }),
  database: setting({
    env: "COATCHECK_DATABASE",
    type: databaseLocation,
    default: derived("`coatcheck.sqlite` in the data folder", databaseInData),
    meaning: "Where the accounts are: `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`.",
  }),
  sessions: setting({
    env: "COATCHECK_SESSIONS",
    type: sessionsLocation,
    default: derived("the database of the accounts", sessionsInDatabase),
    meaning:
      "Where the sessions are: `memory:`, `sqlite:PATH`, `postgres://…`, `redis://…`, `rediss://…`, `redis-cluster://A,B` or " +
      "`redis-sentinel://A,B/NAME`.",
    document: "docs/choosing-a-store.md",
  }),
  sessionsListener: setting({
    env: "COATCHECK_SESSIONS_LISTENER",
    type: postgresLocation,
    default: absent("where the sessions are"),
    meaning:
      "The Postgres server at which to hear of sessions that other nodes removed, where a pooler such as PgBouncer stands before " +
      "the sessions.",
    check(_, { sessions }: { readonly sessions: SessionsLocation }) {
      if (sessions.kind !== "postgres") throw new InvalidValue("is for sessions in Postgres");
    },
  }),
  databaseListener: setting({
    env: "COATCHECK_DATABASE_LISTENER",
    type: postgresLocation,
    default: absent("where the accounts are"),
    meaning: "The same for changes to accounts. It goes with a near-cache.",
    check(
      _,
      {
        database,
        nearCacheMaxStalenessMilliseconds: staleness,
      }: { readonly database: DatabaseLocation; readonly nearCacheMaxStalenessMilliseconds: number | null },
      env,
    ) {
      if (database.kind === "postgres" && staleness !== null) return;
      throw new InvalidValue(`is for accounts in Postgres, and goes with ${env.nearCacheMaxStalenessMilliseconds}`);
    },
  }),
  nearCacheMaxStalenessMilliseconds: setting({
    env: "COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS",
    type: wholeNumber({ minimum: 1, maximum: 60_000, unit: "milliseconds" }),
    default: absent("no near-cache"),
    meaning: "How long a copy of a session or an account may be used before the store is asked again.",
    document: "docs/choosing-a-store.md",
    check(_, { sessions }: { readonly sessions: SessionsLocation }) {
      if (!isRemote(sessions)) throw new InvalidValue("is for sessions in Redis or Postgres");
    },
  }),
  nearCacheSettle: setting({
    env: "COATCHECK_NEAR_CACHE_SETTLE",
    type: trueOrFalse,
    default: constant(false),
    meaning: "Answers a logout or a revocation only when no node can hold a copy any more.",
    check: goesWith("nearCacheMaxStalenessMilliseconds"),
  }),
  routes: setting({
    env: "COATCHECK_ROUTES",
    type: routeList,
    default: constant([]),
    meaning: "Which private service gets which path, and who may use it. A path without a route is a 404.",
    document: "docs/private-services.md",
    check: requireReachableRoutes,
  }),
  trustedProxies: setting({
    env: "COATCHECK_TRUSTED_PROXIES",
    type: networks,
    default: constant([]),
    meaning:
      "Addresses and networks of the proxies whose `X-Forwarded-For` is believed, with or without ports and brackets in it. If one " +
      "of them writes something that is not an address, the log has a `client_address_unreadable`.",
  }),
  forwardAuth: setting({
    env: "COATCHECK_FORWARD_AUTH",
    type: trueOrFalse,
    default: constant(false),
    meaning: "Answers proxies that ask at `/auth/verify/…` whether a request may pass.",
    document: "docs/forward-auth/README.md",
    // The asking proxy's words about the original request decide, and without a list of proxies any client could send
    // them.
    check: goesWith("trustedProxies", "the addresses of the proxies that ask"),
  }),
  hstsSubdomains: setting({
    env: "COATCHECK_HSTS_SUBDOMAINS",
    type: trueOrFalse,
    default: constant(false),
    meaning:
      "Makes browsers use https alone for every subdomain of the public URLs as well. They hold to it for a year.",
    check(isOn, { publicUrl }: { readonly publicUrl: PublicOrigins }) {
      if (isOn && !publicUrl.some((url) => url.startsWith("https:"))) {
        throw new InvalidValue("is for a public URL by https");
      }
    },
  }),
  sessionPolicy: setting({
    env: "COATCHECK_SESSION_POLICY",
    type: oneOf(sessionPolicyNames),
    default: constant("standard"),
    meaning:
      "`standard`: a session ends after 1 hour without a request and 24 hours at most, 7 and 30 days if it is remembered. " +
      "`strict`: 15 minutes and 12 hours, never remembered.",
  }),
  freshForSeconds: setting({
    env: "COATCHECK_FRESH_FOR_SECONDS",
    type: seconds,
    default: absent("what the policy says: 900, `strict` 300"),
    meaning: "How long a password counts as just given.",
  }),
  breachedPasswordsFile: setting({
    env: "COATCHECK_BREACHED_PASSWORDS_FILE",
    type: path,
    default: absent("the list that comes with the gateway"),
    meaning:
      "SHA-1 hashes of leaked passwords, one in each line and sorted, as Have I Been Pwned offers them for download. None of them " +
      "may become a new password. The file is searched on disk, and nothing is sent anywhere.",
  }),
  filesUrl: setting({
    env: "COATCHECK_FILES_URL",
    type: filesOrigin,
    default: absent("no passes"),
    meaning: "The origin of the file service that passes are for.",
    document: "apps/files/README.md",
  }),
  passPaths: setting({
    env: "COATCHECK_PASS_PATHS",
    type: accessPaths,
    default: constant([]),
    meaning: "What every user may open there: paths such as `/songs/` (all below) and `/terms.pdf`.",
    check: goesWith("filesUrl"),
  }),
  passRuleUrl: setting({
    env: "COATCHECK_PASS_RULE_URL",
    type: ruleUrl,
    default: absent("other paths are refused"),
    meaning:
      "Where the application is asked about other paths: `POST {path,userId}` with an identity token. 204 is yes, 403 is no. At " +
      "most 4 questions about one user at a time, and 16 in all.",
    check: goesWith("filesUrl"),
  }),
  passLifetimeSeconds: setting({
    env: "COATCHECK_PASS_LIFETIME_SECONDS",
    type: passLifetime,
    default: constant(PASS_LIFETIME_SECONDS),
    meaning: "How long a pass is good.",
    check: goesWith("filesUrl"),
  }),
  signingAlgorithm: setting({
    env: "COATCHECK_SIGNING_ALGORITHM",
    type: oneOf(signatureAlgorithms),
    default: constant("ES256"),
    meaning: "The algorithm of signing keys that are made from now on.",
  }),
  keyEncryptionKey: setting({
    env: "COATCHECK_KEY_ENCRYPTION_KEY",
    type: keyEncryptionSecret,
    default: absent("keys are stored as they are"),
    meaning: "32 random bytes as base64url, which encrypt the private signing keys in the database.",
  }),
  auditRetentionDays: setting({
    env: "COATCHECK_AUDIT_RETENTION_DAYS",
    // Ten years at most, so that a number that was meant as hours is noticed.
    type: wholeNumber({ minimum: 1, maximum: 3_650, unit: "days" }),
    default: constant(90),
    meaning: "How long the audit log keeps an event.",
    document: "docs/audit.md",
  }),
  /** Null counts nothing. */
  metricsPort: setting({
    env: "COATCHECK_METRICS_PORT",
    type: port,
    default: absent("nothing is counted"),
    meaning: "The port at which Prometheus reads numbers. 0 takes any free port.",
    document: "docs/metrics.md",
    check(metricsPort, { port }: { readonly port: number }) {
      if (metricsPort === port && port !== 0) throw new InvalidValue("is the port of the gateway itself");
    },
  }),
  metricsHost: setting({
    env: "COATCHECK_METRICS_HOST",
    type: hostName,
    default: absent("`localhost`"),
    meaning: "The host name or address to listen on for that.",
    check: goesWith("metricsPort"),
  }),
  metricsNames: setting({
    env: "COATCHECK_METRICS_NAMES",
    type: listOf(hostName, "host names"),
    default: constant([]),
    meaning:
      "Host names with a dot by which Prometheus asks. Addresses, `localhost`, the host above and names without a dot need no entry.",
    check: goesWith("metricsPort"),
  }),
  stopDelaySeconds,
  logLevel: logLevelSetting,
  dangerouslyAllowInsecureHttp: setting({
    env: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP",
    type: trueOrFalse,
    default: constant(false),
    meaning: "Allows a public URL with plain http beyond this machine. Sessions can then be stolen on the way.",
  }),
} as const satisfies Settings;

/** All settings of an operator, checked and complete. The object never changes once it is loaded. */
export type GatewayConfiguration = ConfigurationOf<typeof settings>;

function publicUrlAtPort({ port }: { readonly port: number }): PublicOrigins {
  if (port === 0) throw new InvalidValue("must be given: PORT 0 takes any free port");
  return [new URL(`http://localhost:${port}`).origin];
}

function databaseInData({ data }: { readonly data: string }): DatabaseLocation {
  return { kind: "sqlite", path: join(data, "coatcheck.sqlite") };
}

function sessionsInDatabase({ database }: { readonly database: DatabaseLocation }): SessionsLocation {
  return database;
}
