import type { ServedOrigin } from "../../http/served-origins.ts";
import { comparedName, type FieldNameRules, isForwarded, kindOfFieldName } from "../../one-reading/field-names.ts";

/** The identity that the upstream is told; null for an unknown user. */
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
  /** The route's rules for header names that clients send. */
  readonly names: FieldNameRules;
  readonly clientAddress: string;
  /** The public origin that the request is for. */
  readonly origin: Pick<ServedOrigin, "host" | "scheme">;
  /** Names of cookies that are the gateway's own. */
  readonly isOwnCookie: (name: string) => boolean;
}

/**
 * The headers of the request that goes to the upstream, names and values in turn: of those that came the ones whose name
 * every program reads alike and that tell nothing that is the gateway's to say; and what the gateway says, always and
 * once, empty where there is nothing to say. Authorization is the gateway's too: it is what the upstream believes.
 *
 * A value is visible ASCII, spaces, tabs and bytes beyond ASCII: Node refuses all others, and lines that are continued.
 */
export function forwardedHeaders(facts: ForwardedRequestFacts): string[] {
  const { rawHeaders, identity, clientAddress, origin } = facts;
  const nominated = nominatedHeaders(rawHeaders);
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? "").toLowerCase();
    if (!isForwarded(name, facts.names)) continue;
    if (nominated?.has(comparedName(name)) === true) continue;
    headers.push(name, rawHeaders[index + 1] ?? "");
  }
  const cookie = forwardedCookie(rawHeaders, facts.isOwnCookie);
  if (cookie !== "") headers.push("cookie", cookie);

  headers.push("host", origin.host, "x-forwarded-for", clientAddress);
  headers.push("x-forwarded-host", origin.host, "x-forwarded-proto", origin.scheme);
  headers.push("authorization", identity === null ? "" : `Bearer ${identity.token}`);
  if (facts.identityHeaders) headers.push(...remoteHeaders(identity));
  return headers;
}

/**
 * Identity headers for services that read no tokens. Names and values in turn; the values are empty for an unknown
 * user.
 */
export function remoteHeaders(identity: ForwardedIdentity | null): readonly string[] {
  const headers = ["remote-user", headerText(identity?.userId ?? "")];
  headers.push("remote-email", headerText(identity?.email ?? ""));
  headers.push("remote-name", headerText(identity?.name ?? ""));
  headers.push("remote-groups", (identity?.roles ?? []).map(headerText).join(","));
  return headers;
}

/** Plain ASCII stays as it is. Other text, and text that would read as encoded or as several values, is percent-encoded. */
function headerText(text: string): string {
  return /^[ !-$&-+\--~]*$/.test(text) && text.trim() === text ? text : encodeURIComponent(text);
}

/** The names that the client's Connection header makes hop-by-hop. The gateway adds its own headers afterwards. */
function nominatedHeaders(rawHeaders: readonly string[]): ReadonlySet<string> | null {
  let nominated: Set<string> | null = null;
  for (const value of valuesOf(rawHeaders, "connection")) {
    for (const name of value.split(",").map((each) => each.trim())) {
      if (kindOfFieldName(name) === "of_connection") continue;
      nominated ??= new Set();
      nominated.add(comparedName(name));
    }
  }
  return nominated;
}

/** The cookies that are the upstream's business, each as it came. */
function forwardedCookie(rawHeaders: readonly string[], isOwnCookie: (name: string) => boolean): string {
  const kept: string[] = [];
  for (const value of valuesOf(rawHeaders, "cookie")) {
    for (const each of value.split(";")) {
      const pair = each.replace(/^[ \t]+|[ \t]+$/g, "");
      if (pair !== "" && !isOwnCookie(pair.split("=", 1)[0]?.trim() ?? "")) kept.push(pair);
    }
  }
  return kept.join("; ");
}

/** The values of the fields of that name, which is in lower case. */
function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const given = rawHeaders[index] ?? "";
    // The length first: it rules out nearly all others.
    if (given.length === name.length && given.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}
