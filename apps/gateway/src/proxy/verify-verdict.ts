import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { InvalidValue, parseBoolean } from "@coatcheck/service/parse-values";
import type { GuardedRequest, RequestGuard } from "coatcheck";
import { parseAccess } from "../config/parse-routes.ts";
import { signInLocation } from "../pages/page-locations.ts";
import { hasSeveralHosts } from "../served-host.ts";
import type { ServedOrigins } from "../served-origins.ts";
import { slides } from "../sliding.ts";
import type { AccessDecider, AskedAccess } from "./access-decision.ts";
import { remoteHeaders } from "./forwarded-request.ts";
import { headerText } from "./header-text.ts";
import { type OriginalRequest, originalRequest, type VerifyDialect } from "./original-request.ts";
import { opensPage } from "./page-request.ts";
import { readRequestTarget } from "./request-target.ts";

export interface VerdictParts {
  readonly origins: ServedOrigins;
  readonly decider: AccessDecider;
  /** Whether the connection is from a proxy of ours: of others nothing is believed. */
  readonly isTrustedPeer: (request: IncomingMessage) => boolean;
  /** What our proxies say of the client. */
  readonly clientAddress: (request: IncomingMessage) => string;
}

/** Yes, with what the application is told: names and values in turn. */
export interface Granted {
  readonly status: 200;
  readonly headers: readonly string[];
}

/** The location is where a person can sign in, null for scripts. */
export type Refused = { readonly status: 403 } | { readonly status: 401 | 302; readonly location: string | null };

/** A question of a proxy's: in which dialect, and what follows in its URL. */
export interface Question {
  readonly dialect: VerifyDialect;
  readonly rest: string;
}

/** What a proxy's configuration asks for, in the words of a route's. */
interface Asked {
  readonly access: AskedAccess;
  readonly allowEncodedSlash: boolean;
  readonly allowParameters: boolean;
}

const PREFIX = "/auth/verify/";
const PATH = /^\/auth\/verify\/(nginx|forward|envoy)(?=[/?]|$)(.*)$/;
const LOGIN: Asked = { access: { kind: "login" }, allowEncodedSlash: false, allowParameters: false };
const ASKED_NAMES: readonly string[] = ["access", "allowEncodedSlash", "allowParameters"] satisfies (keyof Asked)[];

/** Null for what is no question of a proxy's. */
export function questionIn({ url = "" }: IncomingMessage): Question | null {
  const [, dialect, rest = ""] = (url.startsWith(PREFIX) ? PATH.exec(url) : null) ?? [];
  return dialect === undefined ? null : { dialect: dialect as VerifyDialect, rest };
}

/** Decides, and writes nothing: no secret is rotated and no cookie set, for most proxies give it to nobody. */
export async function verdictOn(
  request: IncomingMessage,
  { dialect, rest }: Question,
  { origins, decider, isTrustedPeer, clientAddress }: VerdictParts,
): Promise<Granted | Refused> {
  if (!isTrustedPeer(request) || hasSeveralHosts(request)) return { status: 403 };
  const { headers, method = "GET" } = request;
  const original = originalRequest(dialect, { method, rest, headers });
  // Cookies are of one host: for another one there can be no session here.
  const guard = origins.find(original.host ?? undefined)?.guard;
  if (guard === undefined) return { status: 403 };
  const asked = dialect === "envoy" ? LOGIN : askedIn(rest);
  if (asked === null || !isPlain(original.target, asked)) return { status: 403 };

  const admission = guard.admit(new AskedRequest(request, original, clientAddress));
  if (!admission.admitted) return { status: 403 };
  const decision = await decider.decide(admission, asked.access, {
    audience: guard.origin.text,
    slide: slides(headers),
  });
  if (decision.outcome === "refused") return { status: 403 };
  if (decision.outcome === "unauthenticated") return nobody(dialect, original, request, guard);
  const { identity } = decision;
  return { status: 200, headers: ["authorization", `Bearer ${identity.token}`, ...remoteHeaders(identity)] };
}

/** The original request, as far as the proxy tells, for the guard. */
class AskedRequest implements GuardedRequest {
  readonly method: string;
  readonly url: string | undefined;
  readonly headers: GuardedRequest["headers"];
  readonly #request: IncomingMessage;
  readonly #clientAddress: (request: IncomingMessage) => string;

  constructor(
    request: IncomingMessage,
    { method, target }: OriginalRequest,
    clientAddress: (request: IncomingMessage) => string,
  ) {
    const { headers } = request;
    // Whoever does not say is taken to change something.
    this.method = method ?? "POST";
    this.url = target ?? undefined;
    this.headers = { get: (name) => (name === "upgrade" ? upgradeOf(headers) : headerText(headers[name])) };
    this.#request = request;
    this.#clientAddress = clientAddress;
  }

  /** Found out when somebody asks, which for hardly any request they do. */
  get clientAddress(): string {
    return this.#clientAddress(this.#request);
  }
}

/**
 * What the proxy's configuration asks for in the query of the address that it has; a login, where it says nothing. Null
 * for what makes no sense: a misspelt name must not silently let everybody in who is logged in.
 */
function askedIn(rest: string): Asked | null {
  if (rest === "") return LOGIN;
  const parameters = new URLSearchParams(rest.startsWith("?") ? rest : "");
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length || !names.every((name) => ASKED_NAMES.includes(name))) return null;
  const allows = (name: keyof Asked) => parseBoolean(parameters.get(name) ?? "false");
  try {
    const access = parseAccess(parameters.get("access") ?? "login");
    if (access.kind === "public") return null;
    return { access, allowEncodedSlash: allows("allowEncodedSlash"), allowParameters: allows("allowParameters") };
  } catch (error) {
    if (error instanceof InvalidValue) return null;
    throw error;
  }
}

/**
 * Whether a path means the same to everybody. By it the proxy has chosen what to ask for, and the application will choose
 * what to show: where they read it differently, one path's permission would open another.
 */
function isPlain(target: string | null, asked: Asked): boolean {
  const read = target === null ? null : readRequestTarget(target);
  if (read === null) return false;
  return (!read.hasEncodedSlash || asked.allowEncodedSlash) && (!read.hasParameters || asked.allowParameters);
}

/**
 * An upgrade, as far as a proxy shows it: Upgrade is of the connection, and nginx and Traefik keep it to themselves. A
 * browser that opens a WebSocket says so in headers, too, that no page can leave out.
 */
function upgradeOf(headers: IncomingHttpHeaders): string | null {
  if (headers.upgrade !== undefined) return headers.upgrade;
  const isWebSocket =
    headers["sec-websocket-key"] !== undefined ||
    headers["sec-websocket-version"] !== undefined ||
    headers["sec-fetch-mode"] === "websocket";
  return isWebSocket ? "websocket" : null;
}

function nobody(
  dialect: VerifyDialect,
  { method, target }: OriginalRequest,
  { headers }: IncomingMessage,
  guard: RequestGuard,
): Refused {
  if (method === null || target === null || !opensPage(method, headers)) return { status: 401, location: null };
  return { status: dialect === "nginx" ? 401 : 302, location: guard.origin.text + signInLocation(target) };
}
