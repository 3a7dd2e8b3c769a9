import { settingsObject } from "@coatcheck/service/settings/object-type";
import { DuplicateKey, parseJson } from "@coatcheck/service/settings/parse-json";
import type { Check } from "@coatcheck/service/settings/setting";
import { InvalidValue, type ValueType, within } from "@coatcheck/service/settings/value-type";
import { hostOf, type PublicOrigins } from "./public-url.ts";
import type { Route } from "./route.ts";
import { routeFields } from "./route-fields.ts";
import { RouteTable } from "./route-table.ts";

const routeObject: ValueType<Route> = settingsObject(routeFields);

/** Routes: a list of objects in the file, or its JSON in the environment. */
export const routeList: ValueType<readonly Route[]> = {
  parse(value) {
    if (!Array.isArray(value)) throw new InvalidValue("must be a list of routes");
    const routes = value.map((each: unknown, index) => within(`entry ${index + 1}`, () => parseRoute(each)));
    try {
      new RouteTable(routes);
    } catch (error) {
      throw new InvalidValue(`is contradictory: ${error instanceof Error ? error.message.replace(/\.$/, "") : error}`);
    }
    return routes;
  },
  fromText(text) {
    try {
      return parseJson(text);
    } catch (error) {
      if (error instanceof DuplicateKey)
        throw new InvalidValue(`must not have the key "${error.key}" twice in one route`);
      throw new InvalidValue("must be JSON: a list of routes");
    }
  },
  schema: { type: "array", items: routeObject.schema },
  show: (routes) => routes.map(routeText),
};

export interface OwnAddresses {
  readonly publicUrl: PublicOrigins;
  readonly port: number;
}

/** Refuses routes that no request can reach, and routes that would lead to the gateway itself. */
export const requireReachableRoutes: Check<readonly Route[], OwnAddresses> = (routes, { publicUrl, port }) => {
  const hosts = publicUrl.map(hostOf);
  const own = new Set<string>([...publicUrl, ...LOOPBACK_NAMES.map((name) => `http://${name}:${port}`)]);
  for (const [index, { host, path, upstream }] of routes.entries()) {
    if (host !== null && !hosts.includes(host)) {
      const rule = `must be the host of one of the public URLs, which is ${hosts.join(" or ")}. Leave it out for all of them`;
      throw new InvalidValue(rule, [`entry ${index + 1}`, '"host"']);
    }
    if (own.has(upstream)) throw new InvalidValue(`would forward ${path} to the gateway itself`);
  }
};

const LOOPBACK_NAMES: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

function parseRoute(value: unknown): Route {
  const route = routeObject.parse(value);
  if (!(route.caseInsensitive && route.caseSensitive)) return route;
  throw new InvalidValue(
    "cannot be for a service that tells upper and lower case apart (caseSensitive) and does not (caseInsensitive)",
  );
}

function routeText({ host, path, upstream, access }: Route): string {
  const who = access.kind === "role" ? `role:${access.role}` : access.kind;
  return `${host ?? ""}${path} → ${upstream} (${who})`;
}
