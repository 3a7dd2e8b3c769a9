import type { IncomingHttpHeaders } from "node:http";

/** How a proxy asks, and what it makes of the answer. */
export type VerifyDialect = "nginx" | "forward" | "envoy";

/** The request that a proxy asks about, as far as it tells. */
export interface OriginalRequest {
  /** Null where it was not told, which counts as a method that changes something. */
  readonly method: string | null;
  /** With its port, as a Host header. */
  readonly host: string | null;
  /** Path and query. */
  readonly target: string;
}

export interface AskingRequest {
  readonly method: string;
  /** After the dialect's path: Envoy appends the original one. */
  readonly rest: string;
  readonly headers: IncomingHttpHeaders;
}

const UNKNOWN_TARGET = "/";

/**
 * What each proxy says of the original request, in the words of its documentation: nginx by the headers that its
 * configuration sets (`X-Original-Method`, `X-Original-URL`), since it asks by GET whatever the method was; Caddy and
 * Traefik by `X-Forwarded-Method`, `-Host` and `-Uri`; Envoy by the request itself. To be believed of our own proxy only.
 */
export function originalRequest(dialect: VerifyDialect, { method, rest, headers }: AskingRequest): OriginalRequest {
  switch (dialect) {
    case "nginx": {
      const url = single(headers["x-original-url"]);
      const parsed = url !== null && URL.canParse(url) ? new URL(url) : null;
      const target = url === null ? null : (/^https?:\/\/[^/?#]*(\/.*)$/i.exec(url)?.[1] ?? null);
      return {
        method: single(headers["x-original-method"]),
        host: parsed?.host ?? null,
        target: target ?? UNKNOWN_TARGET,
      };
    }
    case "forward":
      return {
        method: single(headers["x-forwarded-method"]),
        host: single(headers["x-forwarded-host"]),
        target: single(headers["x-forwarded-uri"]) ?? UNKNOWN_TARGET,
      };
    case "envoy":
      return { method, host: headers.host ?? null, target: rest === "" ? UNKNOWN_TARGET : rest };
  }
}

/** One value, and not several that somebody put in front of it. */
function single(value: string | readonly string[] | undefined): string | null {
  return typeof value === "string" && value !== "" && !value.includes(", ") ? value : null;
}
