/** The headers that say where a request comes from. Values as received, null if absent. */
export interface RequestProvenance {
  readonly method: string;
  readonly secFetchSite: string | null;
  readonly origin: string | null;
  /** The value of `X-CSRF`. */
  readonly customHeader: string | null;
  /** Upgrades are GETs that open a channel for anything, so they count as unsafe. */
  readonly isUpgrade: boolean;
}

export type CrossOriginVerdict = "allowed" | "cross_origin" | "headerless";

/** A set of whole serialised origins, as received. */
export interface AllowedOrigins {
  has(origin: string): boolean;
  /** Whether this is the application's own origin. */
  isOwn(origin: string): boolean;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * CrossOriginProtection decides whether the application's own pages made a request that may change something. It looks
 * at Fetch Metadata first and at the Origin header second, as Go's `http.CrossOriginProtection` does. Unlike Go, it
 * compares the whole origin, scheme included, with the configured ones, because the client chooses the Host header.
 */
export class CrossOriginProtection {
  readonly #allowedOrigins: AllowedOrigins;

  constructor(allowedOrigins: AllowedOrigins) {
    this.#allowedOrigins = allowedOrigins;
  }

  /**
   * `headerless`: no header says where the request comes from. No recent browser sends such a request, so it is a
   * script; the caller decides.
   */
  check(request: RequestProvenance): CrossOriginVerdict {
    if (SAFE_METHODS.has(request.method) && !request.isUpgrade) return "allowed";

    switch (request.secFetchSite) {
      case null:
        break;
      // "none" means the user's own action: an address typed, a bookmark. Neither can carry a request that others
      // wrote.
      case "same-origin":
      case "none":
        return "allowed";
      // A page on a sibling domain is a stranger unless its origin is trusted. The application's own pages never send
      // this value.
      case "same-site":
        return this.#isTrustedNeighbour(request.origin) ? "allowed" : "cross_origin";
      // A trusted origin is of the same site. With the application's own Origin, or a trusted one, browsers send no
      // other value.
      default:
        return "cross_origin";
    }
    if (request.origin !== null) return this.#isAllowed(request.origin) ? "allowed" : "cross_origin";
    // A page of another site cannot add this header without a preflight, which it fails.
    return request.customHeader === "1" ? "allowed" : "headerless";
  }

  #isTrustedNeighbour(origin: string | null): boolean {
    return this.#isAllowed(origin) && origin !== null && !this.#allowedOrigins.isOwn(origin);
  }

  #isAllowed(origin: string | null): boolean {
    return origin !== null && this.#allowedOrigins.has(origin);
  }
}
