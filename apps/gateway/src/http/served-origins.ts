import type { HostCookie, PublicOrigin } from "coatcheck/adapter";
import { isLoopback } from "coatcheck/keys";
import { readHostName } from "../one-reading/host-name.ts";
import { deviceCookie } from "./device-cookie.ts";
import { type SecurityHeaders, securityHeaders, transportSecurity } from "./security-headers.ts";

/** The gateway's properties under one of its public origins. Made once, because every request asks for them. */
export interface ServedOrigin {
  readonly origin: PublicOrigin;
  /** The host as browsers write it into Host: with the port if it is not the scheme's default. */
  readonly host: string;
  readonly scheme: "http" | "https";
  readonly deviceCookie: HostCookie;
  /** For every response under this origin. */
  readonly securityHeaders: SecurityHeaders;
  /**
   * The header that says how to connect to the origin, as a name and a value. Services' answers carry it too. Empty for
   * plain http.
   */
  readonly transportSecurity: readonly (readonly [string, string])[];
}

/**
 * ServedOrigins chooses the origin of a request by its Host header alone, and not by what a proxy says of it: a page
 * whose name an attacker has pointed at this machine (DNS rebinding) must not be able to talk to the gateway as its own
 * origin.
 *
 * With several origins, the host must match exactly, port included, in any case. With only one, the port is ignored,
 * because a forwarded port is no other host, and one name of the loopback is as good as another.
 */
export class ServedOrigins {
  /** The first origin. It stands for the gateway wherever no origin is asked for: in tokens, and in health checks. */
  readonly primary: ServedOrigin;
  readonly all: readonly ServedOrigin[];
  readonly #byHost: ReadonlyMap<string, ServedOrigin>;
  /** The host name of the only origin; null if there are several. */
  readonly #onlyHostname: string | null;

  /** No host may stand for two of the origins: `parsePublicUrls` makes sure of that. */
  constructor([first, ...others]: readonly [PublicOrigin, ...PublicOrigin[]], { hstsSubdomains = false } = {}) {
    this.primary = servedOrigin(first, hstsSubdomains);
    this.all = [this.primary, ...others.map((origin) => servedOrigin(origin, hstsSubdomains))];
    this.#byHost = new Map(this.all.flatMap((each) => hostsOf(each.origin.text).map((host) => [host, each])));
    this.#onlyHostname = others.length === 0 ? new URL(first.text).hostname : null;
  }

  /** Whether there are several origins. */
  get areSeveral(): boolean {
    return this.#onlyHostname === null;
  }

  /** Null for a Host header that names none of the origins. */
  find(host: string | undefined): ServedOrigin | null {
    if (host === undefined) return null;
    const exact = this.#byHost.get(host) ?? this.#byHost.get(host.toLowerCase());
    if (exact !== undefined) return exact;
    return this.#onlyHostname !== null && isAsGood(host, this.#onlyHostname) ? this.primary : null;
  }

  /** Falls back to the primary origin, for answers that are given under any host name, errors among them. */
  findOrPrimary(host: string | undefined): ServedOrigin {
    return this.find(host) ?? this.primary;
  }
}

/** The spellings of an origin in Host headers, in lower case: the scheme's default port may be written out. */
function hostsOf(origin: string): readonly string[] {
  const { host, hostname, protocol, port } = new URL(origin);
  return port === "" ? [host, `${hostname}:${protocol === "https:" ? 443 : 80}`] : [host];
}

function servedOrigin(origin: PublicOrigin, hstsSubdomains: boolean): ServedOrigin {
  return {
    origin,
    host: new URL(origin.text).host,
    scheme: origin.isSecure ? "https" : "http",
    deviceCookie: deviceCookie(origin),
    securityHeaders: securityHeaders(origin, hstsSubdomains),
    transportSecurity: transportSecurity(origin, hstsSubdomains),
  };
}

function isAsGood(host: string, served: string): boolean {
  const asked = readHostName(host);
  return asked === served || (asked !== null && isLoopback(served) && isLoopback(asked));
}
