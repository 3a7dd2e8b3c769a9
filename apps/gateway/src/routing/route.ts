import type { PathAllowances } from "../one-reading/path-allowances.ts";

/** Which users a route lets through. */
export type RouteAccess =
  /** All visitors, without looking at a session. */
  | { readonly kind: "public" }
  | { readonly kind: "login" }
  /** Who proved a moment ago who they are. */
  | { readonly kind: "fresh_login" }
  | { readonly kind: "role"; readonly role: string };

/** Whether who may pass by the first may pass by the second, too. */
export function isAsStrict(first: RouteAccess, second: RouteAccess): boolean {
  if (second.kind === "public") return true;
  if (second.kind === "login") return first.kind !== "public";
  if (second.kind === "fresh_login") return first.kind === "fresh_login";
  return first.kind === "role" && first.role === second.role;
}

/** The role that a route asks for; null for none. */
export function roleOf({ access }: Route): string | null {
  return access.kind === "role" ? access.role : null;
}

/** One part of the gateway's paths, and the private service that answers there. */
export interface Route extends PathAllowances {
  /** The host of the one public origin that it is of; null for each that has no route of its own there. */
  readonly host: string | null;
  /** Ends in "/" for everything below; otherwise that one path. In the decoded spelling of `RequestTarget`. */
  readonly path: string;
  /** An origin. */
  readonly upstream: string;
  readonly access: RouteAccess;
  /** The audience of identity tokens; by default the upstream's origin. */
  readonly audience: string;
  /** Sets Remote-User, -Email, -Name and -Groups besides, for services that know no tokens. */
  readonly identityHeaders: boolean;
  /** Names that its service needs though they are kept back, such as "x_tenant". In lower case. */
  readonly forwardHeaders: readonly string[];
  /** Names that its service would take for more than a client may say. As `comparedName` has them. */
  readonly dropHeaders: readonly string[];
  /** The upstream takes "/Admin" for "/admin": so does the route. */
  readonly caseInsensitive: boolean;
  /** The upstream tells "/Admin" from "/admin": what differs in nothing else is no other spelling of a route's path. */
  readonly caseSensitive: boolean;
  /** Refuses a path that goes on behind a script's name, as "/index.php/admin". */
  readonly refusePathInfo: boolean;
  /** How long the upstream may be silent, before its answer and within. */
  readonly timeoutSeconds: number;
}
