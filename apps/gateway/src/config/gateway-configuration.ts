import { type SessionPolicy, standardPolicy, strictPolicy } from "coatcheck";
import type { SignatureAlgorithm } from "coatcheck/keys";
import type { AccessPath } from "coatcheck/passes";
import type { PublicOrigins } from "../routing/public-url.ts";
import type { Route } from "../routing/route.ts";
import type { DatabaseLocation, PostgresLocation, SessionsLocation } from "./locations.ts";
import type { SecretText } from "./secret-text.ts";

/** The time limits that an operator can choose from. */
export const sessionPolicies = {
  standard: standardPolicy,
  strict: strictPolicy,
} as const satisfies Record<string, SessionPolicy>;

export type SessionPolicyName = keyof typeof sessionPolicies;

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export type LogLevel = (typeof logLevels)[number];

/** Everything that an operator decides, checked and complete. Never changes once it is loaded. */
export interface GatewayConfiguration {
  /** Absolute. Holds what is kept on this machine, and is made when a database in it is opened. */
  readonly data: string;
  /** What to listen on: a name or an address. `localhost` means each loopback address that the name stands for. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /**
   * The origins under which browsers reach the gateway, as they serialise them: no path, no slash at the end. The first
   * is the primary one, by which tokens name their issuer.
   */
  readonly publicUrl: PublicOrigins;
  readonly database: DatabaseLocation;
  /**
   * Where to listen for changes that other nodes make to accounts, if that is not where these are: as
   * `sessionsListener`. Null for where the accounts are.
   */
  readonly databaseListener: PostgresLocation | null;
  readonly sessions: SessionsLocation;
  /**
   * Where to listen for what other nodes removed, if that is not where the sessions are: Postgres itself, when what
   * stands before it hands a connection to others in between. Null for where the sessions are.
   */
  readonly sessionsListener: PostgresLocation | null;
  /** For how long a copy of a session or account may be used; null for none, so that each request asks the store. */
  readonly nearCacheMaxStalenessMilliseconds: number | null;
  /** Whether a logout or revocation is answered only when no node can hold a copy any more. */
  readonly nearCacheSettle: boolean;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly sessionPolicy: SessionPolicyName;
  /** For how long a proof of identity counts, instead of what the policy says; null for the policy's. */
  readonly freshForSeconds: number | null;
  /** What is forwarded to private services, and for whom. Nothing else is. */
  readonly routes: readonly Route[];
  /** Has browsers come by https alone to every subdomain of the public origins, too. They hold to it for a year. */
  readonly hstsSubdomains: boolean;
  /** Answers proxies that ask whether a request may pass (`/auth/verify/…`). */
  readonly forwardAuth: boolean;
  /** The file service that passes are for: the beginning of its URLs, and their `aud`. Null issues no passes. */
  readonly filesUrl: string | null;
  /** What every user may open there. */
  readonly passPaths: readonly AccessPath[];
  /** The application's route that decides about other paths; null for nobody. */
  readonly passRuleUrl: string | null;
  readonly passLifetimeSeconds: number;
  /** Of keys that are made from now on. */
  readonly signingAlgorithm: SignatureAlgorithm;
  /** Encrypts the private signing keys in the database; null keeps them as they are. */
  readonly keyEncryptionKey: SecretText | null;
  /** Absolute: the SHA-1 hashes of passwords that leaked, sorted, none of which may be a new password. Null for none. */
  readonly breachedPasswordsFile: string | null;
  /** For how long what happened is kept. */
  readonly auditRetentionDays: number;
  /** Where operators' programs read what the gateway counts; null for nowhere, and then nothing is counted. 0 takes any. */
  readonly metricsPort: number | null;
  /** As `host`, for that port. Null for `localhost`. */
  readonly metricsHost: string | null;
  /** Names by which that port is asked, besides addresses, `localhost`, `metricsHost` and names without a dot. */
  readonly metricsNames: readonly string[];
  /** After SIGTERM it is not ready and serves for so long, until load balancers have noticed; 0 for not at all. */
  readonly stopDelaySeconds: number;
  readonly logLevel: LogLevel;
  /** Allows a public URL with plain http beyond loopback: everybody on the way can then take over sessions. */
  readonly dangerouslyAllowInsecureHttp: boolean;
}
