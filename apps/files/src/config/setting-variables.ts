import type { FileServiceConfiguration } from "./file-service-configuration.ts";

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
  maxStalledSeconds: "COATCHECK_FILES_MAX_STALLED_SECONDS",
  maxDownloadsPerSession: "COATCHECK_FILES_MAX_DOWNLOADS_PER_SESSION",
  trustedProxies: "COATCHECK_TRUSTED_PROXIES",
  stopDelaySeconds: "COATCHECK_STOP_DELAY_SECONDS",
  logLevel: "COATCHECK_LOG_LEVEL",
  dangerouslyAllowInsecureHttp: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP",
};
