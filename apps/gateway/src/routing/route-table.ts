import { GatewayError } from "../errors.ts";
import type { LooseReading } from "../one-reading/loose-reading.ts";
import { isAllowed, type RequestTarget } from "../one-reading/request-target.ts";
import { type PlacedRoute, placed, requireOneAccessForOneReading } from "./placed-route.ts";
import { isAsStrict, type Route, type RouteAccess } from "./route.ts";

/** The gateway's own paths: no route can put a service in front of its logins. */
function isOwn(lowerCasePath: string): boolean {
  return lowerCasePath.startsWith("/auth/") || lowerCasePath === "/.well-known/jwks.json";
}

export type RouteMatch =
  | { readonly found: "route"; readonly route: Route }
  /** No route: the path is the gateway's own, or no route names it. Only paths that a route names are forwarded. */
  | { readonly found: "none" }
  /** The route does not allow something in the path, or a service may read the path as that of another route. */
  | { readonly found: "ambiguous" };

/**
 * RouteTable finds the route of a path: the route of the request's host for exactly this path, or the one with the
 * longest path that covers it, else a route of any host. "/admin/" covers "/admin" too, because services take the two
 * for the same. Every decision about a request uses the same reading of its path.
 */
export class RouteTable {
  readonly #ofAnyHost: readonly PlacedRoute[];
  /** Routes in the order in which they are tried, including those of any host. */
  readonly #byHost: ReadonlyMap<string, readonly PlacedRoute[]>;

  /** @throws GatewayError `invalid_configuration` for routes that contradict each other */
  constructor(routes: readonly Route[]) {
    const inOrder = [...routes]
      .sort(
        (first, second) => Number(isFolder(first)) - Number(isFolder(second)) || second.path.length - first.path.length,
      )
      .map(placed);
    const of = (host: string | null) => inOrder.filter(({ route }) => route.host === host);
    this.#ofAnyHost = of(null);
    const hosts = new Set(routes.flatMap(({ host }) => (host === null ? [] : [host])));
    this.#byHost = new Map([...hosts].map((host) => [host, [...of(host), ...this.#ofAnyHost]]));
    for (const [index, route] of routes.entries()) {
      if (routes.findIndex((each) => keyOf(each) === keyOf(route)) !== index)
        refuse(`There are two routes for ${nameOf(route)}.`);
      if (isOwn(route.path.toLowerCase())) refuse(`The gateway answers ${route.path} itself.`);
      for (const inner of routes) requireNoLoophole(route, inner);
    }
    for (const ofOneHost of [this.#ofAnyHost, ...this.#byHost.values()]) {
      requireGuardedTwins(ofOneHost.map(({ route }) => route));
      requireOneAccessForOneReading(ofOneHost, refuse);
    }
  }

  get isEmpty(): boolean {
    return this.#ofAnyHost.length === 0 && this.#byHost.size === 0;
  }

  /** `host` is that of a public origin. */
  match(target: RequestTarget, host: string): RouteMatch {
    const { path } = target;
    // In any case: an upstream that ignores case would answer there in the gateway's place.
    if (isOwn(path.toLowerCase())) return { found: "none" };
    const routes = this.#byHost.get(host) ?? this.#ofAnyHost;
    const found = routes.find(({ route }) => covers(route, path));
    if (found === undefined) return { found: "none" };
    const isClear = isAllowed(target, found.route) && target.readings.every((each) => isHarmless(each, found, routes));
    return isClear ? { found: "route", route: found.route } : { found: "ambiguous" };
  }

  /**
   * The further access that a user needs if a request by `route` also acts on another path, or on everything below one.
   * Null for a path that no route covers, or that could be another route's.
   */
  furtherAccess(
    route: Route,
    { target, isDeep }: { readonly target: RequestTarget; readonly isDeep: boolean },
    host: string,
  ): readonly RouteAccess[] | null {
    const match = this.match(target, host);
    if (match.found !== "route") return null;
    const routes = this.#byHost.get(host) ?? this.#ofAnyHost;
    const below = isDeep ? routes.filter((each) => isBelow(each, target)).map((each) => each.route) : [];
    return [match.route, ...below].map(({ access }) => access).filter((access) => !isAsStrict(route.access, access));
  }
}

/** Whether the route is for paths below this one, however a service reads it. */
function isBelow({ loose }: PlacedRoute, { readings: [reading] }: RequestTarget): boolean {
  const folder = (reading?.folded ?? "/").replace(/\/$/, "");
  return loose.folded.startsWith(`${folder}/`);
}

/** Whether a service that reads the path this way shows nothing that needs more access than the route asks for. */
function isHarmless(reading: LooseReading, { route, loose }: PlacedRoute, routes: readonly PlacedRoute[]): boolean {
  const textOf = ({ text, folded }: LooseReading) => (route.caseSensitive ? text : folded);
  const text = textOf(reading);
  const { script } = reading;
  if (script === null && isOwn(reading.folded)) return false;
  // A route that names the script decides about the paths behind it.
  if (script !== null && loose.folded.startsWith(script)) return true;
  if (script !== null && route.refusePathInfo) return false;
  for (const each of routes) {
    // The path is the route's own, unchanged: routes later in the order do not matter.
    if (script === null && each.route === route) return true;
    if (!has(textOf(each.loose), text)) continue;
    if (!isAsStrict(route.access, each.route.access)) return false;
    if (script !== null) return true;
  }
  return true;
}

/** Whether the route is for everything below its path, and not for that path alone. */
function isFolder({ path }: Route): boolean {
  return path.endsWith("/");
}

function covers(route: Route, path: string): boolean {
  return route.caseInsensitive ? has(route.path.toLowerCase(), path.toLowerCase()) : has(route.path, path);
}

function has(own: string, path: string): boolean {
  if (!own.endsWith("/")) return path === own;
  return path.startsWith(own) || (own !== "/" && `${path}/` === own);
}

function keyOf(route: Route): string {
  const path = route.caseInsensitive ? route.path.toLowerCase() : route.path;
  return `${route.host ?? ""}${path}`;
}

function nameOf({ host, path }: Route): string {
  return `${host ?? ""}${path}`;
}

/** Through the later route, "/Admin/" would reach what the earlier route guards. */
function requireNoLoophole(later: Route, earlier: Route): void {
  if (!isBefore(earlier, later) || !later.caseInsensitive || earlier.caseInsensitive) return;
  refuse(`${nameOf(later)} takes upper and lower case for the same, so ${nameOf(earlier)} must as well.`);
}

/**
 * Whether some paths belong to both routes, and the earlier one gets them: because it names a host, or is the longer
 * one.
 */
function isBefore(earlier: Route, later: Route): boolean {
  const [ofEarlier, ofLater] = [earlier.path.toLowerCase(), later.path.toLowerCase()];
  if (earlier.host === later.host) return earlier !== later && has(ofLater, ofEarlier);
  return later.host === null && (has(ofLater, ofEarlier) || has(ofEarlier, ofLater));
}

/** If a service takes "/admin/" for "/admin", a user who may not open the one must not reach it by the other. */
function requireGuardedTwins(routes: readonly Route[]): void {
  const routeOf = (path: string) => routes.find((each) => covers(each, path));
  for (const route of routes) {
    const { path, access } = route;
    if (isFolder(route) || access.kind === "public" || routeOf(path) !== route) continue;
    const twin = routeOf(`${path}/`);
    const isMeant = twin === undefined || twin.path === `${path}/` || isAsStrict(twin.access, access);
    if (isMeant) continue;
    refuse(
      `${nameOf(route)} is that path alone, and ${path}/ goes by the route ${nameOf(twin)}. ` +
        `Say ${path}/ for everything below, or make that a route of its own.`,
    );
  }
}

function refuse(message: string): never {
  throw new GatewayError("invalid_configuration", message);
}
