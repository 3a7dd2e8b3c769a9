import { GatewayError } from "../errors.ts";
import type { RequestTarget } from "./request-target.ts";
import type { Route } from "./route.ts";

/** What the gateway answers by itself: nobody can put a service before its logins. */
function isOwn(lowerCasePath: string): boolean {
  return lowerCasePath.startsWith("/auth/") || lowerCasePath === "/.well-known/jwks.json";
}

export type RouteMatch =
  | { readonly found: "route"; readonly route: Route }
  /** The gateway's own, or nobody's: nothing is forwarded that was not said to be. */
  | { readonly found: "none" }
  /** The route does not take what is in the path. */
  | { readonly found: "ambiguous" };

/**
 * RouteTable finds the route of a path: the longest one that has it. Everything that decides about a request is decided
 * by the same reading of its path.
 */
export class RouteTable {
  readonly #routes: readonly Route[];

  /** @throws GatewayError `invalid_configuration` for routes that contradict each other */
  constructor(routes: readonly Route[]) {
    this.#routes = [...routes].sort((first, second) => second.path.length - first.path.length);
    for (const [index, route] of routes.entries()) {
      if (routes.findIndex((each) => keyOf(each) === keyOf(route)) !== index)
        refuse(`There are two routes for ${route.path}.`);
      if (isOwn(route.path.toLowerCase())) refuse(`The gateway answers ${route.path} itself.`);
      for (const inner of routes) requireNoLoophole(route, inner);
    }
  }

  get isEmpty(): boolean {
    return this.#routes.length === 0;
  }

  match({ path, hasEncodedSlash, hasParameters }: RequestTarget): RouteMatch {
    const lower = path.toLowerCase();
    // Whatever its case: an upstream that takes no notice of it would answer there as the gateway.
    if (isOwn(lower)) return { found: "none" };
    const route = this.#routes.find((each) => covers(each, path, lower));
    if (route === undefined) return { found: "none" };
    const isTaken = (route.allowEncodedSlash || !hasEncodedSlash) && (route.allowParameters || !hasParameters);
    return isTaken ? { found: "route", route } : { found: "ambiguous" };
  }
}

function covers(route: Route, path: string, lower: string): boolean {
  const asked = route.caseInsensitive ? lower : path;
  const own = route.caseInsensitive ? route.path.toLowerCase() : route.path;
  return own.endsWith("/") ? asked.startsWith(own) : asked === own;
}

function keyOf(route: Route): string {
  return route.caseInsensitive ? route.path.toLowerCase() : route.path;
}

/** "/Admin/" would reach by the outer route what the inner one guards. */
function requireNoLoophole(outer: Route, inner: Route): void {
  const isInside = inner !== outer && inner.path.toLowerCase().startsWith(outer.path.toLowerCase());
  if (!isInside || !outer.caseInsensitive || inner.caseInsensitive) return;
  refuse(`${outer.path} takes upper and lower case for the same, so ${inner.path} within it must as well.`);
}

function refuse(message: string): never {
  throw new GatewayError("invalid_configuration", message);
}
