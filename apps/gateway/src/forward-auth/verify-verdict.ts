import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type Awaitable, after, type GuardedRequest } from "coatcheck/adapter";
import type { OriginDoors } from "../doors/origin-doors.ts";
import { headerValue } from "../http/request-headers.ts";
import { hasSeveralHosts } from "../http/served-host.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { kindOfFieldName } from "../one-reading/field-names.ts";
import { namesAPath } from "../one-reading/named-paths.ts";
import { hasNeedlessEncoding, isAllowed, readRequestTarget } from "../one-reading/request-target.ts";
import type { AccessDecider } from "../proxy/access-decision.ts";
import { type ForwardedIdentity, remoteHeaders } from "../proxy/upstream/forwarded-request.ts";
import { type OriginalRequest, originalRequest, type VerifyDialect } from "./original-request.ts";
import { type Asked, askedIn, type Question } from "./verify-question.ts";

export interface VerdictParts {
  readonly origins: ServedOrigins;
  readonly doors: OriginDoors;
  readonly decider: AccessDecider;
  /** Whether the connection is from a proxy of ours: of others nothing is believed. */
  readonly isTrustedPeer: (request: IncomingMessage) => boolean;
  /** The client, as our proxies name it. */
  readonly clientAddress: (request: IncomingMessage) => string;
}

/** Yes, with what the application is told: names and values in turn. */
export interface Granted {
  readonly status: 200;
  readonly headers: readonly string[];
}

/** The location is where a person can sign in, null for scripts. */
export type Refused =
  | {
      readonly status: 403;
      /** The fault in the proxy's configuration, where that is the reason. */
      readonly misconfigured?: string;
    }
  | { readonly status: 401 | 302; readonly location: string | null };

/**
 * Decides, and writes nothing: no secret is rotated and no cookie is set, because most proxies would not pass it on to
 * the browser.
 */
export function verdictOn(
  request: IncomingMessage,
  question: Question,
  { origins, doors, decider, isTrustedPeer, clientAddress }: VerdictParts,
): Awaitable<Granted | Refused> {
  if (!isTrustedPeer(request) || hasSeveralHosts(request)) return { status: 403 };
  const { headers, method = "GET" } = request;
  const { dialect, rest } = question;
  const asked = askedIn(question);
  if (typeof asked === "string") return { status: 403, misconfigured: asked };
  const original = originalRequest(dialect, { method, rest, headers });
  // Cookies are of one host: for another one there can be no session here.
  const served = origins.find(original.host ?? undefined);
  if (served === null) return { status: 403 };
  if (!isPlain(original.target, asked) || hasTellingName(request, dialect, asked)) return { status: 403 };

  const { origin } = served;
  const auth = doors.of(served).serviceAuth.admit(new AskedRequest(request, original, clientAddress));
  if (!auth.ok) return { status: 403 };
  return after(decider.decide(auth, asked.access, origin.text), (decision) => {
    if (decision.outcome === "granted") return granted(decision.identity);
    const { code, location } = decision;
    if (code !== "unauthenticated") return { status: 403 };
    if (location === null) return { status: 401, location };
    return { status: dialect === "nginx" ? 401 : 302, location: origin.text + location };
  });
}

function granted(identity: ForwardedIdentity): Granted {
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
    // A proxy that does not name the method is treated as if the request changed something.
    this.method = method ?? "POST";
    this.url = target ?? undefined;
    this.headers = { get: (name) => (name === "upgrade" ? upgradeOf(headers) : headerValue(headers[name])) };
    this.#request = request;
    this.#clientAddress = clientAddress;
  }

  /** Found out when it is read, which hardly any request needs. */
  get clientAddress(): string {
    return this.#clientAddress(this.#request);
  }
}

/**
 * Whether a path means the same to every program. By it the proxy has chosen what to ask for, and the application will
 * choose what to show: where they read it differently, one path's permission would open another. It goes on as it came, so
 * no letter of it may be encoded that need not be.
 */
function isPlain(target: string | null, asked: Asked): boolean {
  if (target === null || hasNeedlessEncoding(target)) return false;
  const read = readRequestTarget(target);
  if (read === null || !isAllowed(read, asked)) return false;
  return !asked.refusePathInfo || read.readings.every(({ script }) => script === null);
}

/**
 * Whether a name tells the application another path than was asked about, or of a second one, or may be read as another name. The proxy would
 * send it on.
 */
function hasTellingName({ rawHeaders }: IncomingMessage, dialect: VerifyDialect, asked: Asked): boolean {
  return rawHeaders.some((name, index) => {
    if (index % 2 === 1) return false;
    const kind = kindOfFieldName(name);
    // Other dialects say by these which request it was.
    if (kind === "of_original_path") return dialect === "forward";
    if (/[^A-Za-z0-9-]/.test(name)) return !asked.forwardHeaders.includes(name.toLowerCase());
    // Only the proxy could tell which path that is.
    if (namesAPath(name)) return !asked.allowOtherPaths;
    return kind === "of_path" || name.toLowerCase() === "proxy";
  });
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
