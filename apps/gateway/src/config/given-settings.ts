import { GatewayError } from "../errors.ts";
import { readConfigurationFile } from "./configuration-file.ts";
import type { GatewayConfiguration } from "./gateway-configuration.ts";
import { nearestName } from "./nearest-name.ts";

export type SettingKey = keyof GatewayConfiguration;

/** The environment variable of each key in the file. */
export const variableOfKey: Readonly<Record<SettingKey, string>> = {
  data: "COATCHECK_DATA",
  host: "HOST",
  port: "PORT",
  publicUrl: "COATCHECK_PUBLIC_URL",
  database: "COATCHECK_DATABASE",
  sessions: "COATCHECK_SESSIONS",
  sessionsListener: "COATCHECK_SESSIONS_LISTENER",
  nearCacheMaxStalenessMilliseconds: "COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS",
  nearCacheSettle: "COATCHECK_NEAR_CACHE_SETTLE",
  trustedProxies: "COATCHECK_TRUSTED_PROXIES",
  sessionPolicy: "COATCHECK_SESSION_POLICY",
  freshForSeconds: "COATCHECK_FRESH_FOR_SECONDS",
  routes: "COATCHECK_ROUTES",
  forwardAuth: "COATCHECK_FORWARD_AUTH",
  filesUrl: "COATCHECK_FILES_URL",
  passPaths: "COATCHECK_PASS_PATHS",
  passRuleUrl: "COATCHECK_PASS_RULE_URL",
  passLifetimeSeconds: "COATCHECK_PASS_LIFETIME_SECONDS",
  signingAlgorithm: "COATCHECK_SIGNING_ALGORITHM",
  keyEncryptionKey: "COATCHECK_KEY_ENCRYPTION_KEY",
  logLevel: "COATCHECK_LOG_LEVEL",
  dangerouslyAllowInsecureHttp: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP",
};

const FILE_VARIABLE = "COATCHECK_CONFIG";
const PREFIX = "COATCHECK_";
export const SETTING_KEYS = Object.keys(variableOfKey) as readonly SettingKey[];

export interface ConfigurationSources {
  readonly environment: NodeJS.ProcessEnv;
  /** Of the configuration file; otherwise what `COATCHECK_CONFIG` names, if anything. */
  readonly path?: string | undefined;
}

/** A setting that somebody made, not yet checked. */
export interface GivenSetting {
  readonly value: unknown;
  /** A variable, or a key and its file. */
  readonly name: string;
  readonly origin: string;
}

/**
 * Collects what was given: the file, and over it the environment.
 *
 * @throws GatewayError `invalid_configuration` for a name that means nothing
 */
export function gatherSettings({ environment, path }: ConfigurationSources): ReadonlyMap<SettingKey, GivenSetting> {
  const given = new Map<SettingKey, GivenSetting>();
  const file = path ?? nonEmpty(environment[FILE_VARIABLE]);
  for (const [key, value] of Object.entries(file === undefined ? {} : readConfigurationFile(file))) {
    if (!isSettingKey(key)) throw unknownName(`${file} has the key`, key, SETTING_KEYS);
    given.set(key, { value, name: `"${key}" in ${file}`, origin: file ?? "" });
  }

  const variables = Object.values(variableOfKey);
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(PREFIX) || name === FILE_VARIABLE || variables.includes(name)) continue;
    throw unknownName("The environment has the variable", name, [...variables, FILE_VARIABLE]);
  }
  for (const key of SETTING_KEYS) {
    const name = variableOfKey[key];
    const value = nonEmpty(environment[name]);
    if (value !== undefined) given.set(key, { value, name, origin: name });
  }
  return given;
}

/** An empty variable is how shells and container files unset one. */
function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(variableOfKey, key);
}

function unknownName(where: string, name: string, known: readonly string[]): GatewayError {
  const nearest = nearestName(name, known);
  const advice = nearest === null ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
  const shown = JSON.stringify(name.slice(0, 80));
  return new GatewayError("invalid_configuration", `${where} ${shown}, which is unknown. ${advice}`);
}
