import type { SourceLocation } from "./source-location.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

export type LogLevel = (typeof logLevels)[number];

/** Where the keys are that passes are verified by: a JWK set (RFC 7517). */
export type KeysLocation =
  | { readonly kind: "url"; readonly url: string }
  /** Absolute. Read once, at start. */
  | { readonly kind: "file"; readonly path: string };

/** Everything that an operator decides, checked and complete. Never changes once it is loaded. */
export interface FileServiceConfiguration {
  /** What to listen on: a name or an address. `localhost` means each loopback address that the name stands for. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The origin under which files are fetched: the `aud` of passes, to the letter. */
  readonly publicUrl: string;
  readonly source: SourceLocation;
  /** Whose passes are believed: their `iss`, to the letter. The gateway's public URL. */
  readonly issuer: string;
  readonly keys: KeysLocation;
  /** The list of ended sessions; null for none: then passes are good until they expire. */
  readonly revocationsUrl: string | null;
  /** Origins whose scripts may read files. Elements such as `<audio>` need no entry. */
  readonly allowedOrigins: readonly string[];
  /** After so long a download is cut off, even if it moves. */
  readonly maxDownloadSeconds: number;
  /** After so long without a byte that the client takes, or twice as long at most, a download is cut off. */
  readonly maxStalledSeconds: number;
  /** At one time, of all passes of one session. */
  readonly maxDownloadsPerSession: number;
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** After SIGTERM it is not ready and serves for so long, until load balancers have noticed; 0 for not at all. */
  readonly stopDelaySeconds: number;
  readonly logLevel: LogLevel;
  /** Allows plain http beyond loopback, for every URL here: everybody on the way can then use passes, or forge them. */
  readonly dangerouslyAllowInsecureHttp: boolean;
}
