import { type LooseReading, looseReadings } from "../one-reading/loose-reading.ts";
import { isAsStrict, type Route } from "./route.ts";

/** A route with the loose reading of its path: the path as a less exact service reads it. */
export interface PlacedRoute {
  readonly route: Route;
  readonly loose: LooseReading;
}

export function placed(route: Route): PlacedRoute {
  const [loose] = looseReadings(route.path) ?? [];
  // The path of a route was already read as a path.
  if (loose === undefined) throw new RangeError(`${route.path} is no path of a route.`);
  return { route, loose };
}

/** Refuses two routes that differ in access although a service may take their paths for the same. */
export function requireOneAccessForOneReading(
  routes: readonly PlacedRoute[],
  refuse: (message: string) => never,
): void {
  for (const [index, first] of routes.entries()) {
    for (const second of routes.slice(index + 1)) {
      if (areToldApart(first, second)) continue;
      const [one, other] = [first.route.access, second.route.access];
      if (isAsStrict(one, other) && isAsStrict(other, one)) continue;
      refuse(
        `Many services take ${first.route.path} and ${second.route.path} for the same, and the routes ask for different ` +
          "things. Where the service tells upper and lower case apart, say caseSensitive for both.",
      );
    }
  }
}

/**
 * Whether the routes are distinct: every service distinguishes their paths, or their hosts differ. Two routes for one
 * path are refused elsewhere.
 */
function areToldApart(first: PlacedRoute, second: PlacedRoute): boolean {
  if (first.route.path === second.route.path || first.route.host !== second.route.host) return true;
  const isExact = first.route.caseSensitive && second.route.caseSensitive;
  return isExact ? first.loose.text !== second.loose.text : first.loose.folded !== second.loose.folded;
}
