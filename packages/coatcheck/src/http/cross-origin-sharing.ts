import { CoatcheckError } from "../errors.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { HeaderEdit } from "./response-headers.ts";
import type { TrustedOrigins } from "./trusted-origins.ts";

/** A browser's question, on behalf of a trusted page, whether it may send a request. The handler does not see it. */
export interface Preflight {
  readonly ok: false;
  readonly status: 204;
  readonly code: "preflight";
  readonly headers: readonly HeaderEdit[];
}

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const PREFLIGHT_LIFETIME_SECONDS = 600;
const HEADER_NAMES = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+( *, *[!#$%&'*+.^_`|~0-9A-Za-z-]+)*$/;

/**
 * CrossOriginSharing tells browsers which pages may read answers (Fetch standard, "CORS protocol"): those of trusted
 * origins, each by name and with credentials, and no others. The application itself may allow strangers to use routes
 * without a session: their requests pass unchanged.
 */
export class CrossOriginSharing {
  readonly #trusted: TrustedOrigins;
  readonly #exposed: readonly HeaderEdit[];

  constructor(trusted: TrustedOrigins, exposedHeaders: readonly string[]) {
    if (!Array.isArray(exposedHeaders) || !exposedHeaders.every((name) => typeof name === "string")) {
      throw new CoatcheckError("invalid_configuration", "exposedHeaders is a list of names.");
    }
    this.#trusted = trusted;
    this.#exposed =
      exposedHeaders.length === 0
        ? []
        : [{ name: "access-control-expose-headers", value: exposedHeaders.join(", "), mode: "set" }];
  }

  /** For every response, failures too: to a page, an answer that it may not read looks like a broken network. */
  headersFor(request: GuardedRequest): readonly HeaderEdit[] {
    const origin = this.#trustedOriginOf(request);
    return origin === null ? [] : [...allow(origin), ...this.#exposed];
  }

  /** Whether responses differ by origin, and caches have to know it. */
  get varies(): boolean {
    return this.#trusted.areConfigured;
  }

  preflight(request: GuardedRequest): Preflight | null {
    if (request.method !== "OPTIONS" || request.headers.get("access-control-request-method") === null) return null;
    const origin = this.#trustedOriginOf(request);
    if (origin === null) return null;
    const headers: HeaderEdit[] = [
      ...allow(origin),
      { name: "access-control-allow-methods", value: METHODS, mode: "set" },
      { name: "access-control-max-age", value: String(PREFLIGHT_LIFETIME_SECONDS), mode: "set" },
      { name: "vary", value: "Origin, Access-Control-Request-Headers", mode: "set" },
    ];
    const asked = request.headers.get("access-control-request-headers") ?? "";
    // A trusted page may send any header. They are named one by one, because with credentials "*" means a header of
    // that name.
    if (HEADER_NAMES.test(asked)) headers.push({ name: "access-control-allow-headers", value: asked, mode: "set" });
    return { ok: false, status: 204, code: "preflight", headers };
  }

  #trustedOriginOf(request: GuardedRequest): string | null {
    if (!this.#trusted.areConfigured) return null;
    const origin = request.headers.get("origin");
    return origin !== null && this.#trusted.has(origin) ? origin : null;
  }
}

function allow(origin: string): readonly HeaderEdit[] {
  return [
    { name: "access-control-allow-origin", value: origin, mode: "set" },
    { name: "access-control-allow-credentials", value: "true", mode: "set" },
  ];
}
