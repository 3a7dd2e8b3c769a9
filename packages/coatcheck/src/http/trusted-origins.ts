import { isLoopback } from "../core/loopback.ts";
import { CoatcheckError } from "../errors.ts";
import { deciding } from "./deciding.ts";
import { type PublicOrigin, parsePublicOrigin } from "./public-origin.ts";

/** Whole origins, or a function that decides about an origin of the same site, such as a preview or a tenant. */
export type TrustedOriginsOption = readonly string[] | ((origin: string) => boolean);

export interface TrustedOriginsParts {
  readonly own: PublicOrigin;
  readonly trusted: TrustedOriginsOption;
  /** The registrable domain that the application's host and trusted hosts share, such as "example.co.uk". */
  readonly site: string | undefined;
}

/**
 * TrustedOrigins knows the origins, besides the application's own, whose pages may act for the user: one list for CSRF
 * and for CORS. All of them are of the same site, because the cookie is SameSite=Lax and browsers send it nowhere else:
 * an entry of another site would have no effect. A name alone does not reveal its site without the list of public
 * suffixes, so the application names the site. By default the site is its own host, with or without `www.`.
 */
export class TrustedOrigins {
  /** Whether another origin is trusted at all: if not, there is no CORS. */
  readonly areConfigured: boolean;
  readonly #own: PublicOrigin;
  readonly #site: string;
  readonly #isListed: (origin: string) => boolean;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor({ own, trusted, site }: TrustedOriginsParts) {
    this.#own = own;
    this.#site = siteOf(own, site);
    if (typeof trusted !== "function" && !Array.isArray(trusted)) {
      const example = typeof trusted === "string" ? JSON.stringify(trusted) : '"https://www.app.example"';
      refuse(`trustedOrigins is a list of origins, or a function: write trustedOrigins: [${example}].`);
    }
    this.areConfigured = typeof trusted === "function" || trusted.length > 0;
    if (typeof trusted === "function") {
      this.#isListed = deciding("trustedOrigins", trusted);
      return;
    }
    for (const origin of trusted) this.#requireSameSite(origin);
    const listed = new Set(trusted.map((origin) => new URL(origin).origin));
    this.#isListed = (origin) => listed.has(origin);
  }

  /** Any header value may be passed. The function is never called for an origin of another site. */
  has(origin: string): boolean {
    return this.isOwn(origin) || (this.#isSameSite(origin) && this.#isListed(origin) === true);
  }

  isOwn(origin: string): boolean {
    return origin === this.#own.text;
  }

  #requireSameSite(origin: string): void {
    if (origin === "*") refuse('trustedOrigins cannot hold "*": with credentials any page could act for the user.');
    // Insecure origins are allowed here: a plain-http origin is refused below for being of another site, unless the
    // application's own origin is as insecure.
    const { text } = parsePublicOrigin(origin, { dangerouslyAllowInsecureOrigin: true });
    if (this.#isSameSite(text)) return;
    const advice = "If the two share a registrable domain, name it in `site`.";
    refuse(`"${origin}" is of another site than "${this.#own.text}": the cookie would not go along. ${advice}`);
  }

  /** The scheme counts: http and https are two sites. The port makes no difference. */
  #isSameSite(origin: string): boolean {
    if (!URL.canParse(origin)) return false;
    const url = new URL(origin);
    if (url.origin !== origin || url.protocol !== new URL(this.#own.text).protocol) return false;
    return isWithin(url.hostname, this.#site);
  }
}

/** @throws CoatcheckError `invalid_configuration` */
function siteOf(own: PublicOrigin, site: string | undefined): string {
  const host = new URL(own.text).hostname;
  if (site === undefined) return host.replace(/^www\./, "");
  if (typeof site !== "string") refuse('site is a domain such as "example.com".');
  const isDomain = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(site) && !/^[\d.]+$/.test(site);
  if (!isDomain && !isLoopback(site)) refuse(`site is a domain such as "example.com", not "${site}".`);
  if (!isWithin(host, site)) refuse(`"${own.text}" is not within the site "${site}".`);
  return site;
}

function isWithin(host: string, site: string): boolean {
  return host === site || host.endsWith(`.${site}`);
}

function refuse(message: string): never {
  throw new CoatcheckError("invalid_configuration", message);
}
