import type { IncomingHttpHeaders } from "node:http";

/** The way in which a proxy asks, and what it does with the answer. */
export type VerifyDialect = "nginx" | "forward" | "envoy";

/** The request that a proxy asks about, as far as it tells. */
export interface OriginalRequest {
  /** Null where it was not told, which counts as a method that changes something. */
  readonly method: string | null;
  /** With its port, as a Host header. */
  readonly host: string | null;
  /** Path and query; null where it was not told, and nothing can be said about it. */
  readonly target: string | null;
}

export interface AskingRequest {
  readonly method: string;
  /** After the dialect's path: Envoy appends the original one. */
  readonly rest: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * The original request as each proxy describes it, in the words of its documentation: nginx by the headers that its
 * configuration sets (`X-Original-Method`, `X-Original-URL`), since it asks by GET whatever the method was; Caddy and
 * Traefik by `X-Forwarded-Method`, `-Host` and `-Uri`; Envoy by the request itself. To be believed of our own proxy only.
 */
export function originalRequest(dialect: VerifyDialect, { method, rest, headers }: AskingRequest): OriginalRequest {
  switch (dialect) {
    case "nginx": {
      // Unchanged: the application may resolve dots and slashes in another way than a URL parser does.
      const url = /^https?:\/\/(?<host>[^/?#]+)(?<target>\/.*)$/i.exec(single(headers["x-original-url"]) ?? "");
      const { host = null, target = null } = url?.groups ?? {};
      return { method: single(headers["x-original-method"]), host, target };
    }
    case "forward":
      return {
        method: single(headers["x-forwarded-method"]),
        host: single(headers["x-forwarded-host"]),
        target: single(headers["x-forwarded-uri"]),
      };
    case "envoy":
      return { method, host: headers.host ?? null, target: rest === "" ? null : rest };
  }
}

/** One value, not several of which a client sent the first. */
function single(value: string | readonly string[] | undefined): string | null {
  return typeof value === "string" && value !== "" && !value.includes(", ") ? value : null;
}
