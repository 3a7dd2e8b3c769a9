import { refuseUnknownOptions, requireChoice, requireFunction } from "../core/known-options.ts";
import type { SessionManager } from "../core/session-manager.ts";
import { kindOf, written } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";
import type { AddressPrecision } from "./client-device.ts";
import { CrossOriginProtection, type CrossOriginVerdict } from "./cross-origin-protection.ts";
import { CrossOriginSharing, type Preflight } from "./cross-origin-sharing.ts";
import { deciding } from "./deciding.ts";
import { type GuardedRequest, opensWebSocket, pathOf } from "./guarded-request.ts";
import { type HostCookie, sessionCookie } from "./host-cookie.ts";
import { type PublicOrigin, parsePublicOrigin } from "./public-origin.ts";
import { type GuardRefusalCode, type Refusal, refusalOf } from "./refusal.ts";
import { type RequestRules, RequestSession } from "./request-session.ts";
import { type HeaderEdit, varyFieldsOf } from "./response-headers.ts";
import { TrustedOrigins, type TrustedOriginsOption } from "./trusted-origins.ts";

/** Options that tell the application's own pages from others. */
export interface OriginOptions {
  /** The origin under which browsers reach the application, such as "https://app.example". */
  readonly origin: string;
  /**
   * Unsafe requests that carry the cookie but neither Sec-Fetch-Site nor Origin. No recent browser sends such requests,
   * so by default they pass as scripts. "refuse" makes scripts say where they come from, with Origin or `X-CSRF: 1`.
   */
  readonly headerlessRequests?: "allow" | "refuse";
  /**
   * Unsafe requests from another origin are always refused with the cookie, and never begin a session: that is
   * "refuse_with_cookie", the default. "refuse_always" refuses them without the cookie too, for applications whose
   * every route needs a session.
   */
  readonly crossOriginRequests?: "refuse_with_cookie" | "refuse_always";
  /**
   * Other origins of the same site whose pages may act for the user, and read the answers (CORS): "https://www.…",
   * previews, tenants. Whole origins, or a function; none by default.
   */
  readonly trustedOrigins?: TrustedOriginsOption;
  /**
   * The registrable domain, such as "example.co.uk", if trusted origins are siblings of the application's host. By
   * default that host itself, without its "www.".
   */
  readonly site?: string;
  /** Response headers that trusted pages may read besides the usual ones; none by default. */
  readonly exposedHeaders?: readonly string[];
  /**
   * Requests that others may make, such as "POST /webhooks/payments": exact method and path. They pass from any site
   * and client, and have no session: the guard ignores the cookie. None by default.
   */
  readonly sessionlessRoutes?: readonly string[];
  /**
   * The data that browsers are told to clear after a logout, by Clear-Site-Data: "cache" and "storage" of this origin.
   * "cookies" signs the user out of every application on the registrable domain. Nothing by default.
   */
  readonly clearSiteDataOnLogout?: readonly ("cache" | "cookies" | "storage")[];
  /**
   * Whether a request is a poll, which a script sends by itself and which does not extend the session. By default no
   * request is; `load({ slide })` decides for a single one.
   */
  readonly isPoll?: (request: GuardedRequest) => boolean;
  /** The part of the client's address that is kept with a session; all of it by default. */
  readonly addressPrecision?: AddressPrecision;
  /** Accepts plain http beyond loopback, as described in `PublicOriginOptions`; false by default. */
  readonly dangerouslyAllowInsecureOrigin?: boolean;
}

/** The options of a RequestGuard. Unknown ones are refused. */
export interface RequestGuardOptions extends OriginOptions {
  /** The sessions behind the cookie. */
  readonly sessions: SessionManager;
}

/** The outcome for a request: its session, or the answer to give. `ok` and `code` tell them apart. */
export type Admission = RequestSession | Refusal<GuardRefusalCode> | Preflight;

export const ORIGIN_OPTIONS = [
  "origin",
  "headerlessRequests",
  "crossOriginRequests",
  "trustedOrigins",
  "site",
  "exposedHeaders",
  "sessionlessRoutes",
  "clearSiteDataOnLogout",
  "isPoll",
  "addressPrecision",
  "dangerouslyAllowInsecureOrigin",
] as const satisfies readonly (keyof OriginOptions)[];

const NO_HEADERS: readonly HeaderEdit[] = [];

/**
 * RequestGuard is the one way that every request takes, whatever the framework. It finds the cookie, refuses requests
 * that other sites made the browser send, and then returns a `RequestSession`, which reads, begins and ends the
 * session. It decides and returns values; adapters turn them into responses. No 401 ever deletes a cookie: the session
 * may be alive, and the answer a race or a fault.
 */
export class RequestGuard {
  /** The sessions behind the cookie. */
  readonly sessions: SessionManager;
  /** The configured origin, checked and parsed. */
  readonly origin: PublicOrigin;
  /** The cookie that holds the session's token. */
  readonly cookie: HostCookie;
  readonly #protection: CrossOriginProtection;
  readonly #refusesHeaderless: boolean;
  readonly #refusesCrossOriginAlways: boolean;
  readonly #rules: RequestRules;
  /** Null if no other origin is trusted: then no answer differs by origin. */
  readonly #sharing: CrossOriginSharing | null;
  readonly #sessionlessRoutes: ReadonlySet<string>;

  /** @throws CoatcheckError `invalid_configuration` or `insecure_origin` */
  constructor(options: RequestGuardOptions) {
    refuseUnknownOptions("RequestGuard", options, new Set(["sessions", ...ORIGIN_OPTIONS]));
    requireSessions(options.sessions);
    requireChoice("headerlessRequests", options.headerlessRequests, ["allow", "refuse"]);
    requireChoice("crossOriginRequests", options.crossOriginRequests, ["refuse_with_cookie", "refuse_always"]);
    requireChoice("addressPrecision", options.addressPrecision, ["whole", "network", "none"]);
    requireFunction("isPoll", options.isPoll);
    this.sessions = options.sessions;
    this.origin = parsePublicOrigin(options.origin, options);
    this.cookie = sessionCookie(this.origin);
    const { trustedOrigins = [], sessionlessRoutes = [], clearSiteDataOnLogout = [], site } = options;
    const trusted = new TrustedOrigins({ own: this.origin, trusted: trustedOrigins, site });
    this.#protection = new CrossOriginProtection(trusted);
    const sharing = new CrossOriginSharing(trusted, options.exposedHeaders === undefined ? [] : options.exposedHeaders);
    this.#sharing = sharing.varies ? sharing : null;
    this.#sessionlessRoutes = exactRoutesOf(sessionlessRoutes);
    this.#refusesHeaderless = options.headerlessRequests === "refuse";
    this.#refusesCrossOriginAlways = options.crossOriginRequests === "refuse_always";
    this.#rules = {
      sessions: this.sessions,
      cookie: this.cookie,
      isPoll: options.isPoll === undefined ? () => false : deciding("isPoll", options.isPoll),
      addressPrecision: options.addressPrecision ?? "whole",
      varyFields: this.#sharing === null ? varyFieldsOf("Cookie") : varyFieldsOf("Cookie", "Origin"),
      varyByOrigin: this.#sharing === null ? null : varyFieldsOf("Origin"),
      clearSiteData: clearSiteDataOf(clearSiteDataOnLogout),
    };
  }

  /** Looks only at headers, before any body is read, and asks no store. */
  admit(request: GuardedRequest): Admission {
    const preflight = this.#sharing?.preflight(request) ?? null;
    if (preflight !== null) return preflight;

    const isSessionless = this.#isSessionless(request);
    const cookie = this.cookie.read(isSessionless ? null : request.headers.get("cookie"));
    const verdict = this.#provenance(request);
    const corsHeaders = this.#sharing?.headersFor(request) ?? NO_HEADERS;
    const code = isSessionless ? null : this.#refusalFor(cookie.found, verdict);
    if (code !== null) {
      const origin = request.headers.get("origin");
      this.sessions.events.emit("request_rejected", { reason: code, method: request.method, origin }, request);
      const vary: HeaderEdit[] = this.#sharing !== null ? [{ name: "vary", value: "Origin", mode: "set" }] : [];
      return refusalOf(code, { headers: [...corsHeaders, ...vary] });
    }
    const token = cookie.found === "one" ? cookie.value : null;
    return new RequestSession(this.#rules, { request, token, isCrossOrigin: verdict === "cross_origin", corsHeaders });
  }

  #isSessionless(request: GuardedRequest): boolean {
    if (this.#sessionlessRoutes.size === 0) return false;
    const { url = "" } = request;
    // The path as the client sent it: a router that reads "/private/../hook" differently must not get it unguarded.
    const path = url.startsWith("/") ? url.split("?", 1)[0] : pathOf(request)?.pathname;
    return this.#sessionlessRoutes.has(`${request.method} ${path}`);
  }

  #provenance(request: GuardedRequest): CrossOriginVerdict {
    // Most requests change nothing, whichever page made them.
    if (request.method === "GET" && request.headers.get("upgrade") === null) return "allowed";
    return this.#protection.check({
      method: request.method,
      secFetchSite: request.headers.get("sec-fetch-site"),
      origin: request.headers.get("origin"),
      customHeader: request.headers.get("x-csrf"),
      isUpgrade: opensWebSocket(request),
    });
  }

  #refusalFor(cookie: "none" | "one" | "several", verdict: CrossOriginVerdict): GuardRefusalCode | null {
    if (cookie === "several") return "duplicate_session_cookie";
    const hasCookie = cookie === "one";
    if (verdict === "cross_origin" && (hasCookie || this.#refusesCrossOriginAlways)) return "cross_origin_request";
    if (verdict === "headerless" && hasCookie && this.#refusesHeaderless) return "headerless_request";
    return null;
  }
}

function clearSiteDataOf(kinds: readonly string[]): HeaderEdit | null {
  if (!Array.isArray(kinds) || !kinds.every((kind) => ["cache", "cookies", "storage"].includes(kind))) {
    throw new CoatcheckError(
      "invalid_configuration",
      'clearSiteDataOnLogout is a list of "cache", "cookies" and "storage".',
    );
  }
  if (kinds.length === 0) return null;
  return { name: "clear-site-data", value: kinds.map((kind) => `"${kind}"`).join(", "), mode: "set" };
}

function requireSessions(sessions: unknown): void {
  const given = Object(sessions) as { readonly authenticate?: unknown; readonly sessions?: unknown };
  if (typeof given.authenticate === "function") return;
  const write = given.sessions === undefined ? "sessions: new SessionManager({ store })" : "sessions: auth.sessions";
  const message = `A RequestGuard needs sessions, a SessionManager, not ${kindOf(sessions)}: write ${write}.`;
  throw new CoatcheckError("invalid_configuration", message);
}

function exactRoutesOf(routes: readonly string[]): ReadonlySet<string> {
  const example = '"POST /webhooks/payments"';
  if (!Array.isArray(routes)) {
    throw new CoatcheckError("invalid_configuration", `sessionlessRoutes is a list, such as [${example}].`);
  }
  for (const route of routes) {
    const [method = "", path = "", ...rest] = String(route).split(" ");
    if (/^[A-Z]+$/.test(method) && /^\/[^?#*\s]*$/.test(path) && rest.length === 0) continue;
    const message = `A sessionless route is "METHOD /exact/path", such as ${example}, not ${written(route)}.`;
    throw new CoatcheckError("invalid_configuration", message);
  }
  return new Set(routes);
}
