import { constant, derived, mustBeGiven } from "@coatcheck/service/settings/defaults";
import { host, logLevelSetting, stopDelaySeconds } from "@coatcheck/service/settings/server-settings";
import { type ConfigurationOf, type Settings, setting } from "@coatcheck/service/settings/setting";
import { InvalidValue } from "@coatcheck/service/settings/value-type";
import { listOf, networks, port, seconds, trueOrFalse, wholeNumber } from "@coatcheck/service/settings/value-types";
import { type KeysLocation, keysLocation } from "./keys-location.ts";
import { originUrl, requireHttps, revocationsUrl } from "./secure-urls.ts";
import { sourceLocation } from "./source-location.ts";

/** Every setting that an operator of the file service decides. */
export const settings = {
  source: setting({
    env: "COATCHECK_FILES_SOURCE",
    type: sourceLocation,
    default: mustBeGiven("folder:PATH or s3://BUCKET"),
    meaning: "The files to serve: `folder:PATH`, or `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`.",
    check: requireHttps((source) => (source.kind === "bucket" ? [source.endpoint] : [])),
  }),
  /** The `iss` of passes, to the letter. */
  issuer: setting({
    env: "COATCHECK_ISSUER",
    type: originUrl,
    default: mustBeGiven("the gateway's public URL"),
    meaning: "The gateway whose passes are accepted: its public URL, of several the first.",
    check: requireHttps((url) => [url]),
  }),
  /** The `aud` of passes, to the letter. */
  publicUrl: setting({
    env: "COATCHECK_FILES_PUBLIC_URL",
    type: originUrl,
    default: derived("`http://localhost:FILES_PORT`", publicUrlAtPort),
    meaning: "The origin under which the files are fetched. Passes name it.",
    check: requireHttps((url) => [url]),
  }),
  host,
  port: setting({
    env: "FILES_PORT",
    type: port,
    default: constant(8_081),
    meaning: "The port to listen on. 0 takes any free port.",
  }),
  jwks: setting({
    env: "COATCHECK_ACCESS_JWKS",
    type: keysLocation,
    default: derived("`/auth/access/jwks.json` of the issuer", keysOfIssuer),
    meaning: "The public keys that verify passes: the URL of a JWK set, or a file, which is read once, at the start.",
    check: requireHttps((keys) => (keys.kind === "url" ? [keys.url] : [])),
  }),
  revocations: setting({
    env: "COATCHECK_ACCESS_REVOCATIONS",
    type: revocationsUrl,
    default: derived("`/auth/access/revocations` of the issuer", revocationsOfIssuer),
    meaning: "The URL of the list of ended sessions, or `off`: then a pass is good until it expires.",
    check: requireHttps((url) => [url]),
  }),
  allowedOrigins: setting({
    env: "COATCHECK_FILES_ALLOWED_ORIGINS",
    type: listOf(originUrl, 'origins such as "https://player.example.com"'),
    default: constant([]),
    meaning: "Other origins whose scripts may read files. Elements such as `<audio>` need no entry.",
    check: requireHttps((urls) => urls),
  }),
  maxDownloadSeconds: setting({
    env: "COATCHECK_FILES_MAX_DOWNLOAD_SECONDS",
    type: seconds,
    default: constant(3_600),
    meaning: "A download that takes longer is cut off, even while it makes progress.",
  }),
  maxStalledSeconds: setting({
    env: "COATCHECK_FILES_MAX_STALLED_SECONDS",
    type: seconds,
    default: constant(60),
    meaning:
      "A download of which the client takes no byte for this long is cut off, after twice the time at the latest.",
  }),
  // Ten times as many as a browser runs at a time, each of them on a connection of its own.
  maxDownloadsPerSession: setting({
    env: "COATCHECK_FILES_MAX_DOWNLOADS_PER_SESSION",
    type: wholeNumber({ minimum: 1, maximum: 10_000 }),
    default: constant(64),
    meaning: "How many downloads one session may have at a time, with all its passes together.",
  }),
  trustedProxies: setting({
    env: "COATCHECK_TRUSTED_PROXIES",
    type: networks,
    default: constant([]),
    meaning: "Addresses and networks of the proxies whose `X-Forwarded-For` is believed.",
  }),
  stopDelaySeconds,
  logLevel: logLevelSetting,
  dangerouslyAllowInsecureHttp: setting({
    env: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP",
    type: trueOrFalse,
    default: constant(false),
    meaning: "Allows plain http beyond this machine. Passes can then be read, and keys be replaced, on the way.",
  }),
} as const satisfies Settings;

/** All settings of an operator, checked and complete. The object never changes once it is loaded. */
export type FileServiceConfiguration = ConfigurationOf<typeof settings>;

function publicUrlAtPort({ port }: { readonly port: number }): string {
  if (port === 0) throw new InvalidValue("must be given: FILES_PORT 0 takes any free port");
  return new URL(`http://localhost:${port}`).origin;
}

function keysOfIssuer({ issuer }: IssuerSetting): KeysLocation {
  return { kind: "url", url: `${issuer}/auth/access/jwks.json` };
}

function revocationsOfIssuer({ issuer }: IssuerSetting): string {
  return `${issuer}/auth/access/revocations`;
}

interface IssuerSetting {
  readonly issuer: string;
}
