import type { GatewayConfiguration } from "./gateway-configuration.ts";

export type SettingKey = keyof GatewayConfiguration;

/** The environment variable of each key in the file. */
export const variableOfKey: Readonly<Record<SettingKey, string>> = {
  data: "COATCHECK_DATA",
  host: "HOST",
  port: "PORT",
  publicUrl: "COATCHECK_PUBLIC_URL",
  database: "COATCHECK_DATABASE",
  databaseListener: "COATCHECK_DATABASE_LISTENER",
  sessions: "COATCHECK_SESSIONS",
  sessionsListener: "COATCHECK_SESSIONS_LISTENER",
  nearCacheMaxStalenessMilliseconds: "COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS",
  nearCacheSettle: "COATCHECK_NEAR_CACHE_SETTLE",
  trustedProxies: "COATCHECK_TRUSTED_PROXIES",
  sessionPolicy: "COATCHECK_SESSION_POLICY",
  freshForSeconds: "COATCHECK_FRESH_FOR_SECONDS",
  routes: "COATCHECK_ROUTES",
  hstsSubdomains: "COATCHECK_HSTS_SUBDOMAINS",
  forwardAuth: "COATCHECK_FORWARD_AUTH",
  filesUrl: "COATCHECK_FILES_URL",
  passPaths: "COATCHECK_PASS_PATHS",
  passRuleUrl: "COATCHECK_PASS_RULE_URL",
  passLifetimeSeconds: "COATCHECK_PASS_LIFETIME_SECONDS",
  signingAlgorithm: "COATCHECK_SIGNING_ALGORITHM",
  keyEncryptionKey: "COATCHECK_KEY_ENCRYPTION_KEY",
  breachedPasswordsFile: "COATCHECK_BREACHED_PASSWORDS_FILE",
  auditRetentionDays: "COATCHECK_AUDIT_RETENTION_DAYS",
  metricsPort: "COATCHECK_METRICS_PORT",
  metricsHost: "COATCHECK_METRICS_HOST",
  metricsNames: "COATCHECK_METRICS_NAMES",
  stopDelaySeconds: "COATCHECK_STOP_DELAY_SECONDS",
  logLevel: "COATCHECK_LOG_LEVEL",
  dangerouslyAllowInsecureHttp: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP",
};

export const SETTING_KEYS = Object.keys(variableOfKey) as readonly SettingKey[];
