/** What a request says of where it came from. Header values as received, null when absent. */
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

/** Asked for whole serialised origins, as received. */
export interface AllowedOrigins {
  has(origin: string): boolean;
  /** Whether it is the one that the application itself is at. */
  isOwn(origin: string): boolean;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * CrossOriginProtection tells whether a request that may change something was made by our own pages. Fetch Metadata
 * is asked first and the Origin header second, as Go's `http.CrossOriginProtection` does; unlike there, the whole
 * origin is compared, scheme included, with the configured ones: the Host header is the client's to choose.
 */
export class CrossOriginProtection {
  readonly #allowedOrigins: AllowedOrigins;

  constructor(allowedOrigins: AllowedOrigins) {
    this.#allowedOrigins = allowedOrigins;
  }

  /** `headerless`: nothing says where it came from. No browser of the last years, so a script; the caller decides. */
  check(request: RequestProvenance): CrossOriginVerdict {
    if (SAFE_METHODS.has(request.method) && !request.isUpgrade) return "allowed";

    switch (request.secFetchSite) {
      case null:
        break;
      // "none" is the user's own doing: an address typed, a bookmark. Neither can carry a request that others wrote.
      case "same-origin":
      case "none":
        return "allowed";
      // A neighbour on a sibling domain is a stranger, unless it is trusted by name. Of our own pages no browser says this.
      case "same-site":
        return this.#isTrustedNeighbour(request.origin) ? "allowed" : "cross_origin";
      // A trusted origin is of our own site. Beside our own Origin, or a trusted one, no browser sends another value.
      default:
        return "cross_origin";
    }
    if (request.origin !== null) return this.#isAllowed(request.origin) ? "allowed" : "cross_origin";
    // A page of another site cannot add this header without a preflight, which it does not pass.
    return request.customHeader === "1" ? "allowed" : "headerless";
  }

  #isTrustedNeighbour(origin: string | null): boolean {
    return this.#isAllowed(origin) && origin !== null && !this.#allowedOrigins.isOwn(origin);
  }

  #isAllowed(origin: string | null): boolean {
    return origin !== null && this.#allowedOrigins.has(origin);
  }
}
