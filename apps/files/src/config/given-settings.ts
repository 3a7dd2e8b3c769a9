import { FileServiceError } from "../errors.ts";
import { readConfigurationFile } from "./configuration-file.ts";
import type { FileServiceConfiguration } from "./file-service-configuration.ts";
import { nearestName } from "./nearest-name.ts";

/** Of the file, each the name of what it sets. */
export type SettingKey = Exclude<keyof FileServiceConfiguration, "keys" | "revocationsUrl"> | "jwks" | "revocations";

/** The environment variable of each key in the file. */
export const variableOfKey: Readonly<Record<SettingKey, string>> = {
  host: "HOST",
  port: "FILES_PORT",
  publicUrl: "COATCHECK_FILES_PUBLIC_URL",
  source: "COATCHECK_FILES_SOURCE",
  issuer: "COATCHECK_ISSUER",
  jwks: "COATCHECK_ACCESS_JWKS",
  revocations: "COATCHECK_ACCESS_REVOCATIONS",
  allowedOrigins: "COATCHECK_FILES_ALLOWED_ORIGINS",
  maxDownloadSeconds: "COATCHECK_FILES_MAX_DOWNLOAD_SECONDS",
  trustedProxies: "COATCHECK_TRUSTED_PROXIES",
  logLevel: "COATCHECK_LOG_LEVEL",
  dangerouslyAllowInsecureHttp: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP",
};

const FILE_VARIABLE = "COATCHECK_CONFIG";
const PREFIX = "COATCHECK_";
const SETTING_KEYS = Object.keys(variableOfKey) as readonly SettingKey[];

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
}

/**
 * Collects what was given: the file, and over it the environment.
 *
 * @throws FileServiceError `invalid_configuration` for a name that means nothing
 */
export function gatherSettings({ environment, path }: ConfigurationSources): ReadonlyMap<SettingKey, GivenSetting> {
  const given = new Map<SettingKey, GivenSetting>();
  const file = path ?? nonEmpty(environment[FILE_VARIABLE]);
  for (const [key, value] of Object.entries(file === undefined ? {} : readConfigurationFile(file))) {
    if (!isSettingKey(key)) throw unknownName(`${file} has the key`, key, SETTING_KEYS);
    given.set(key, { value, name: `"${key}" in ${file}` });
  }

  const variables = Object.values(variableOfKey);
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(PREFIX) || name === FILE_VARIABLE || variables.includes(name)) continue;
    throw unknownName("The environment has the variable", name, [...variables, FILE_VARIABLE]);
  }
  for (const key of SETTING_KEYS) {
    const name = variableOfKey[key];
    const value = nonEmpty(environment[name]);
    if (value !== undefined) given.set(key, { value, name });
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

function unknownName(where: string, name: string, known: readonly string[]): FileServiceError {
  const nearest = nearestName(name, known);
  const advice = nearest === null ? `Known are ${known.join(", ")}.` : `Did you mean ${nearest}?`;
  const shown = JSON.stringify(name.slice(0, 80));
  return new FileServiceError("invalid_configuration", `${where} ${shown}, which is unknown. ${advice}`);
}
