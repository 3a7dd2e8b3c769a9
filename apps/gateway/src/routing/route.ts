import type { PathAllowances } from "../one-reading/path-allowances.ts";

/** The users that a route admits. */
export type RouteAccess =
  /** All visitors, without looking at a session. */
  | { readonly kind: "public" }
  | { readonly kind: "login" }
  /** Users who have just proved who they are. */
  | { readonly kind: "fresh_login" }
  | { readonly kind: "role"; readonly role: string };

/** Whether every user who passes the first may pass the second, too. */
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
  /** The host of its public origin. With null, the route is for every origin that has no route of its own there. */
  readonly host: string | null;
  /**
   * A path that ends in "/" is for everything below it, another one for itself alone. In the decoded spelling of
   * `RequestTarget`.
   */
  readonly path: string;
  /** The origin of the private service. */
  readonly upstream: string;
  readonly access: RouteAccess;
  /** The audience of identity tokens; by default the upstream's origin. */
  readonly audience: string;
  /** Also sets Remote-User, -Email, -Name and -Groups, for services that know no tokens. */
  readonly identityHeaders: boolean;
  /** Header fields that its service needs although the gateway withholds them, such as "x_tenant". In lower case. */
  readonly forwardHeaders: readonly string[];
  /** Header fields that tell its service more than a client may say. In the form of `comparedName`. */
  readonly dropHeaders: readonly string[];
  /** Whether the upstream takes "/Admin" for "/admin": the route then does so, too. */
  readonly caseInsensitive: boolean;
  /**
   * Whether the upstream distinguishes "/Admin" from "/admin": paths that differ only in case are then different paths.
   */
  readonly caseSensitive: boolean;
  /** Whether to refuse a path that continues after a script's name, such as "/index.php/admin". */
  readonly refusePathInfo: boolean;
  /** How long the upstream may be silent, before its answer and within it. */
  readonly timeoutSeconds: number;
}
