import { resolve } from "node:path";
import { type ConfigurationSources, GivenSettings } from "@coatcheck/service/given-settings";
import {
  InvalidValue,
  parseBoolean,
  parseChoice,
  parseHost,
  parsePort,
  parseSeconds,
  parseStopDelay,
  parseTrustedProxies,
  parseWholeNumber,
} from "@coatcheck/service/parse-values";
import { FileServiceError } from "../errors.ts";
import { type FileServiceConfiguration, type KeysLocation, logLevels } from "./file-service-configuration.ts";
import { parseSource } from "./parse-source.ts";
import { parseOrigin, parseOrigins, parseTrustedUrl, type UrlOptions } from "./parse-urls.ts";
import { type SettingKey, variableOfKey } from "./setting-variables.ts";

const DEFAULT_MAX_DOWNLOAD_SECONDS = 3_600;
const DEFAULT_MAX_STALLED_SECONDS = 60;
/** Ten times what a browser has at a time, by a connection of its own for each. */
const DEFAULT_MAX_DOWNLOADS_PER_SESSION = 64;

/**
 * Reads the configuration: the defaults, over them the file, over that the environment. Names that mean nothing are
 * refused, in the file and among the variables that begin with `COATCHECK_`: a setting that is misspelt must not
 * silently be the default.
 *
 * @throws FileServiceError `invalid_configuration`
 */
export function loadConfiguration(sources: ConfigurationSources): FileServiceConfiguration {
  const given = new GivenSettings(sources, variableOfKey, FileServiceError);
  const setting = given.read.bind(given);

  const dangerouslyAllowInsecureHttp = setting("dangerouslyAllowInsecureHttp", parseBoolean, () => false);
  const urls: UrlOptions = { dangerouslyAllowInsecureHttp };
  const port = setting("port", parsePort, () => 8_081);
  const issuer = setting("issuer", (value) => parseOrigin(value, urls), missing("issuer", "the gateway's public URL"));
  const configuration: FileServiceConfiguration = {
    host: setting("host", parseHost, () => "localhost"),
    port,
    publicUrl: setting(
      "publicUrl",
      (value) => parseOrigin(value, urls),
      () => defaultPublicUrl(port),
    ),
    source: setting("source", (value) => parseSource(value, urls), missing("source", "folder:PATH or s3://BUCKET")),
    issuer,
    keys: setting(
      "jwks",
      (value) => parseKeys(value, urls),
      () => ({ kind: "url", url: `${issuer}/auth/access/jwks.json` }),
    ),
    revocationsUrl: setting(
      "revocations",
      (value) => (value === "off" ? null : parseTrustedUrl(value, urls)),
      () => `${issuer}/auth/access/revocations`,
    ),
    allowedOrigins: setting(
      "allowedOrigins",
      (value) => parseOrigins(value, urls),
      () => [],
    ),
    maxDownloadSeconds: setting("maxDownloadSeconds", parseSeconds, () => DEFAULT_MAX_DOWNLOAD_SECONDS),
    maxStalledSeconds: setting("maxStalledSeconds", parseSeconds, () => DEFAULT_MAX_STALLED_SECONDS),
    maxDownloadsPerSession: setting("maxDownloadsPerSession", parseCount, () => DEFAULT_MAX_DOWNLOADS_PER_SESSION),
    trustedProxies: setting("trustedProxies", parseTrustedProxies, () => []),
    stopDelaySeconds: setting("stopDelaySeconds", parseStopDelay, () => 2),
    logLevel: setting("logLevel", parseChoice(logLevels), () => "info"),
    dangerouslyAllowInsecureHttp,
  };
  for (const value of Object.values(configuration)) Object.freeze(value);
  return Object.freeze(configuration);
}

/** What a proxy may pass on at once over one connection, and then some. */
function parseCount(value: unknown): number {
  return parseWholeNumber(value, 1, 10_000);
}

/** Of these a default would serve the wrong files, or believe the wrong people. */
function missing(key: SettingKey, what: string): () => never {
  return () => {
    throw new FileServiceError("invalid_configuration", `${variableOfKey[key]} must be given: ${what}.`);
  };
}

/** A URL, or the path of a file. */
function parseKeys(value: unknown, urls: UrlOptions): KeysLocation {
  if (typeof value === "string" && /^https?:/i.test(value)) return { kind: "url", url: parseTrustedUrl(value, urls) };
  if (typeof value !== "string" || value.trim() === "") throw new InvalidValue("must be a URL, or the path of a file");
  return { kind: "file", path: resolve(value) };
}

function defaultPublicUrl(port: number): string {
  if (port !== 0) return new URL(`http://localhost:${port}`).origin;
  throw new FileServiceError(
    "invalid_configuration",
    `${variableOfKey.port} 0 takes any free port, so ${variableOfKey.publicUrl} must be given.`,
  );
}
