import type { ServedOrigin } from "../served-origins.ts";

/** What is told to the upstream of who asks; null for somebody unknown. */
export interface ForwardedIdentity {
  readonly token: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface ForwardedRequestFacts {
  /** Names and values in turn, as they came (`rawHeaders`). */
  readonly rawHeaders: readonly string[];
  readonly identity: ForwardedIdentity | null;
  /** Whether Remote-User and its like are set. */
  readonly identityHeaders: boolean;
  readonly clientAddress: string;
  /** The public origin that the request is for. */
  readonly origin: Pick<ServedOrigin, "host" | "scheme">;
  /** Names of cookies that are the gateway's own. */
  readonly isOwnCookie: (name: string) => boolean;
}

/** Of one connection, not of the request (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
]);

/**
 * What only the gateway says to an upstream. Compared without case and with "_" and "." taken for "-", as servers do
 * that turn headers into variables: what is stripped in one spelling only can be sent in another (CVE-2025-64484).
 */
const SAID_BY_THE_GATEWAY = new RegExp(
  [
    "^(x-)?remote-(user|email|name|groups)$",
    "^(x-)?forwarded(-.*)?$",
    // Told to a script as HTTP_PROXY, which its own client obeys (CVE-2016-5385); and the browser's device-bound sessions.
    "^proxy$",
    "^sec(ure)?-session-.*$",
    "^x-(real-ip|client-ip|cluster-client-ip)$",
    "^(true-client-ip|cf-connecting-ip|fastly-client-ip)$",
    "^x-(original|rewrite|envoy|coatcheck|auth-request|authentik|webauth|pomerium|goog-authenticated)(-.*)?$",
  ].join("|"),
);

/** `expect` was answered by the gateway, and how long the body is told by whoever sends it on. */
const WRITTEN_ANEW: ReadonlySet<string> = new Set(["cookie", "authorization", "host", "content-length", "expect"]);

/**
 * The headers of the request that goes to the upstream, names and values in turn: those that came, less what is of the connection, the gateway's,
 * or claims to be; and what the gateway says, always and once, empty where there is nothing to say. Authorization is the
 * gateway's too: it is what the upstream believes.
 */
export function forwardedHeaders(facts: ForwardedRequestFacts): string[] {
  const { rawHeaders, identity, clientAddress, origin } = facts;
  const nominated = nominatedHeaders(rawHeaders);
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    const value = rawHeaders[index + 1] ?? "";
    // "Transfer_Encoding", too, would tell some servers where the body ends.
    const read = name.replaceAll(/[_.]/g, "-");
    if (HOP_BY_HOP.has(read) || nominated.has(name) || SAID_BY_THE_GATEWAY.test(read)) continue;
    if (WRITTEN_ANEW.has(read)) continue;
    headers.push(name, value);
  }
  const cookie = forwardedCookie(rawHeaders, facts.isOwnCookie);
  if (cookie !== "") headers.push("cookie", cookie);

  headers.push("host", origin.host, "x-forwarded-for", clientAddress);
  headers.push("x-forwarded-host", origin.host, "x-forwarded-proto", origin.scheme);
  headers.push("authorization", identity === null ? "" : `Bearer ${identity.token}`);
  if (facts.identityHeaders) headers.push(...remoteHeaders(identity));
  return headers;
}

/** What services that know no tokens are told. Names and values in turn; empty for nobody. */
export function remoteHeaders(identity: ForwardedIdentity | null): readonly string[] {
  return [
    ...["remote-user", headerText(identity?.userId ?? "")],
    ...["remote-email", headerText(identity?.email ?? "")],
    ...["remote-name", headerText(identity?.name ?? "")],
    ...["remote-groups", (identity?.roles ?? []).map(headerText).join(",")],
  ];
}

/** As it is where it is plain ASCII; else, and where it would be mistaken for that or for several, percent-encoded. */
function headerText(text: string): string {
  return /^[ !-$&-+\--~]*$/.test(text) && text.trim() === text ? text : encodeURIComponent(text);
}

/** What the client's Connection header makes hop-by-hop: nothing of what the gateway adds, which comes afterwards. */
function nominatedHeaders(rawHeaders: readonly string[]): ReadonlySet<string> {
  const nominated = new Set<string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== "connection") continue;
    for (const name of (rawHeaders[index + 1] ?? "").split(",")) nominated.add(name.trim().toLowerCase());
  }
  return nominated;
}

/** The cookies that are the upstream's business, each as it came. */
function forwardedCookie(rawHeaders: readonly string[], isOwnCookie: (name: string) => boolean): string {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== "cookie") continue;
    pairs.push(...(rawHeaders[index + 1] ?? "").split(";"));
  }
  return pairs
    .map((pair) => pair.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((pair) => pair !== "" && !isOwnCookie(pair.split("=", 1)[0]?.trim() ?? ""))
    .join("; ");
}
