import { join, resolve } from "node:path";
import { type ConfigurationSources, GivenSettings } from "@coatcheck/service/given-settings";
import {
  InvalidValue,
  parseBoolean,
  parseChoice,
  parseHost,
  parseList,
  parsePort,
  parseSeconds,
  parseStopDelay,
  parseText,
  parseTrustedProxies,
  parseWholeNumber,
} from "@coatcheck/service/parse-values";
import { signatureAlgorithms } from "coatcheck/keys";
import { PASS_LIFETIME_SECONDS } from "coatcheck/passes";
import { GatewayError } from "../errors.ts";
import { parseRoutes } from "../routing/parse-routes.ts";
import { type PublicOrigins, parsePublicUrls } from "../routing/public-url.ts";
import {
  type GatewayConfiguration,
  logLevels,
  type SessionPolicyName,
  sessionPolicies,
} from "./gateway-configuration.ts";
import { isRemote, type SqliteLocation } from "./locations.ts";
import {
  parseFilesUrl,
  parseKeyEncryptionKey,
  parsePassLifetime,
  parsePassPaths,
  parsePassRuleUrl,
} from "./parse-access.ts";
import { parseDatabase, parsePostgres, parseSessions } from "./parse-locations.ts";
import { SETTING_KEYS, type SettingKey, variableOfKey } from "./setting-variables.ts";

export interface LoadedConfiguration {
  readonly configuration: GatewayConfiguration;
  /** Where each value came from: "default", a path or a variable. */
  readonly origins: Readonly<Record<SettingKey, string>>;
}

/**
 * Reads the configuration: the defaults, over them the file, over that the environment. Names that mean nothing are
 * refused, in the file and among the variables that begin with `COATCHECK_`: a setting that is misspelt must not
 * silently be the default.
 *
 * @throws GatewayError `invalid_configuration`
 */
export function loadConfiguration(sources: ConfigurationSources): LoadedConfiguration {
  const given = new GivenSettings(sources, variableOfKey, GatewayError);
  const setting = given.read.bind(given);

  const data = setting("data", parsePath, () => parsePath(".coatcheck"));
  const port = setting("port", parsePort, () => 8_080);
  const database = setting("database", parseDatabase, () => defaultDatabase(data));
  const dangerouslyAllowInsecureHttp = setting("dangerouslyAllowInsecureHttp", parseBoolean, () => false);
  const publicUrl = setting(
    "publicUrl",
    (value) => securePublicUrls(value, dangerouslyAllowInsecureHttp),
    () => [defaultPublicUrl(port)] as const,
  );
  const configuration: GatewayConfiguration = {
    data,
    host: setting("host", parseHost, () => "localhost"),
    port,
    publicUrl,
    database,
    databaseListener: setting("databaseListener", parsePostgres, () => null),
    sessions: setting("sessions", parseSessions, () => database),
    sessionsListener: setting("sessionsListener", parsePostgres, () => null),
    nearCacheMaxStalenessMilliseconds: setting("nearCacheMaxStalenessMilliseconds", parseStaleness, () => null),
    nearCacheSettle: setting("nearCacheSettle", parseBoolean, () => false),
    trustedProxies: setting("trustedProxies", parseTrustedProxies, () => []),
    sessionPolicy: setting("sessionPolicy", parseChoice(policyNames), () => "standard"),
    freshForSeconds: setting("freshForSeconds", parseSeconds, () => null),
    routes: setting(
      "routes",
      (value) => parseRoutes(value, publicUrl),
      () => [],
    ),
    hstsSubdomains: setting("hstsSubdomains", parseBoolean, () => false),
    forwardAuth: setting("forwardAuth", parseBoolean, () => false),
    filesUrl: setting("filesUrl", parseFilesUrl, () => null),
    passPaths: setting("passPaths", parsePassPaths, () => []),
    passRuleUrl: setting("passRuleUrl", parsePassRuleUrl, () => null),
    passLifetimeSeconds: setting("passLifetimeSeconds", parsePassLifetime, () => PASS_LIFETIME_SECONDS),
    signingAlgorithm: setting("signingAlgorithm", parseChoice(signatureAlgorithms), () => "ES256"),
    keyEncryptionKey: setting("keyEncryptionKey", parseKeyEncryptionKey, () => null),
    breachedPasswordsFile: setting("breachedPasswordsFile", parsePath, () => null),
    auditRetentionDays: setting("auditRetentionDays", parseRetentionDays, () => 90),
    metricsPort: setting("metricsPort", parsePort, () => null),
    metricsHost: setting("metricsHost", parseHost, () => null),
    metricsNames: setting(
      "metricsNames",
      (value) => parseList(value, "host names").map(parseHost),
      () => [],
    ),
    stopDelaySeconds: setting("stopDelaySeconds", parseStopDelay, () => 2),
    logLevel: setting("logLevel", parseChoice(logLevels), () => "info"),
    dangerouslyAllowInsecureHttp,
  };
  requireMeaning(configuration);
  const origins = Object.fromEntries(SETTING_KEYS.map((key) => [key, given.originOf(key)]));
  return { configuration: freeze(configuration), origins: origins as Record<SettingKey, string> };
}

/** A setting that would do nothing is a misunderstanding, and somebody relies on it. */
function requireMeaning({
  database,
  databaseListener,
  sessions,
  sessionsListener,
  nearCacheMaxStalenessMilliseconds,
  nearCacheSettle,
  filesUrl,
  passPaths,
  passRuleUrl,
  hstsSubdomains,
  forwardAuth,
  trustedProxies,
  metricsPort,
  metricsHost,
  metricsNames,
  port,
  publicUrl,
  routes,
}: GatewayConfiguration): void {
  const hasNearCache = nearCacheMaxStalenessMilliseconds !== null;
  if (sessionsListener !== null && sessions.kind !== "postgres") {
    throw meaningless("sessionsListener", "is for sessions in Postgres");
  }
  if (databaseListener !== null && !(database.kind === "postgres" && hasNearCache)) {
    const { nearCacheMaxStalenessMilliseconds: nearCache } = variableOfKey;
    throw meaningless("databaseListener", `is for accounts in Postgres, and goes with ${nearCache}`);
  }
  if (hasNearCache && !isRemote(sessions)) {
    throw meaningless("nearCacheMaxStalenessMilliseconds", "is for sessions in Redis or Postgres");
  }
  if (nearCacheSettle && !hasNearCache) {
    throw meaningless("nearCacheSettle", `goes with ${variableOfKey.nearCacheMaxStalenessMilliseconds}`);
  }
  if (hstsSubdomains && !publicUrl.some((url) => url.startsWith("https:"))) {
    throw meaningless("hstsSubdomains", "is for a public URL by https");
  }
  if (forwardAuth && trustedProxies.length === 0) {
    // What they say of the original request decides, and anybody could say it.
    throw meaningless(
      "forwardAuth",
      `goes with ${variableOfKey.trustedProxies}: the addresses of the proxies that ask`,
    );
  }
  if (metricsNames.length > 0 && metricsPort === null) {
    throw meaningless("metricsNames", `goes with ${variableOfKey.metricsPort}`);
  }
  if (metricsHost !== null && metricsPort === null) {
    throw meaningless("metricsHost", `goes with ${variableOfKey.metricsPort}`);
  }
  if (metricsPort === port && port !== 0) throw meaningless("metricsPort", "is the port of the gateway itself");
  const own = new Set<string>([...publicUrl, ...LOOPBACK_NAMES.map((name) => `http://${name}:${port}`)]);
  const looping = routes.find(({ upstream }) => own.has(upstream));
  if (looping !== undefined) throw meaningless("routes", `would forward ${looping.path} to the gateway itself`);
  if (filesUrl === null && (passPaths.length > 0 || passRuleUrl !== null)) {
    throw meaningless(passRuleUrl === null ? "passPaths" : "passRuleUrl", `goes with ${variableOfKey.filesUrl}`);
  }
}

const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

function meaningless(key: SettingKey, text: string): GatewayError {
  return new GatewayError("invalid_configuration", `${variableOfKey[key]} ${text}.`);
}

const policyNames = Object.keys(sessionPolicies) as readonly SessionPolicyName[];

function securePublicUrls(value: unknown, dangerouslyAllowInsecureHttp: boolean): PublicOrigins {
  const { origins, areInsecure } = parsePublicUrls(value);
  if (areInsecure && !dangerouslyAllowInsecureHttp) {
    throw new InvalidValue(
      "must begin with https://: over plain http the session cookie could be read and stolen on the way. " +
        `Only ${variableOfKey.dangerouslyAllowInsecureHttp}=true allows it`,
    );
  }
  return origins;
}

function parsePath(value: unknown): string {
  return resolve(parseText(value));
}

/** For how long a copy may be used: at least one, at most a minute. */
function parseStaleness(value: unknown): number {
  return parseWholeNumber(value, 1, 60_000, " of milliseconds");
}

/** Ten years, to be sure that the number is not one of hours. */
function parseRetentionDays(value: unknown): number {
  return parseWholeNumber(value, 1, 3_650, " of days");
}

function defaultDatabase(data: string): SqliteLocation {
  return { kind: "sqlite", path: join(data, "coatcheck.sqlite") };
}

function defaultPublicUrl(port: number): string {
  if (port !== 0) return new URL(`http://localhost:${port}`).origin;
  throw new GatewayError(
    "invalid_configuration",
    `${variableOfKey.port} 0 takes any free port, so ${variableOfKey.publicUrl} must be given.`,
  );
}

function freeze(configuration: GatewayConfiguration): GatewayConfiguration {
  for (const value of Object.values(configuration)) Object.freeze(value);
  return Object.freeze(configuration);
}
