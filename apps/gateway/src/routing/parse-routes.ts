import { nearestName } from "@coatcheck/service/nearest-name";
import { DuplicateKey, parseJson as parseUniquely } from "@coatcheck/service/parse-json";
import { originIn } from "@coatcheck/service/parse-origin";
import { InvalidValue, parseBoolean, parseList, parseSeconds } from "@coatcheck/service/parse-values";
import { isRole } from "../accounts/account.ts";
import { comparedName, notToBeListed } from "../one-reading/field-names.ts";
import { allowancesOf, PATH_ALLOWANCES } from "../one-reading/path-allowances.ts";
import { readRequestTarget } from "../one-reading/request-target.ts";
import { hostOf, type PublicOrigins } from "./public-url.ts";
import type { Route, RouteAccess } from "./route.ts";
import { RouteTable } from "./route-table.ts";

/** As it is written in the configuration. */
const KEYS = [
  "host",
  "path",
  "upstream",
  "access",
  "audience",
  "identityHeaders",
  "forwardHeaders",
  "dropHeaders",
  ...PATH_ALLOWANCES,
  "caseInsensitive",
  "caseSensitive",
  "refusePathInfo",
  "timeoutSeconds",
] as const;

const DEFAULT_TIMEOUT_SECONDS = 60;

/** Routes, as a list of objects or as JSON of one. A host of theirs is one of the public origins'. */
export function parseRoutes(value: unknown, publicUrl: PublicOrigins): readonly Route[] {
  const hosts = publicUrl.map(hostOf);
  const list = typeof value === "string" ? parseJson(value) : value;
  if (!Array.isArray(list)) throw new InvalidValue("must be a list of routes");
  const routes = list.map((each: unknown, index) => {
    try {
      return parseRoute(each, hosts);
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error;
      const told = error.message.startsWith("whose ") ? error.message : `which ${error.message}`;
      throw new InvalidValue(`must be right in its entry ${index + 1}, ${told}`);
    }
  });
  try {
    new RouteTable(routes);
  } catch (error) {
    throw new InvalidValue(`is contradictory: ${error instanceof Error ? error.message.replace(/\.$/, "") : error}`);
  }
  return routes;
}

function parseRoute(value: unknown, hosts: readonly string[]): Route {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new InvalidValue("must be an object");
  const given = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(given)) {
    if (KEYS.some((known) => known === key)) continue;
    const nearest = nearestName(key, KEYS);
    throw new InvalidValue(`has the unknown key "${key}"${nearest === null ? "" : `: did you mean "${nearest}"?`}`);
  }
  const upstream = parseUpstream(given.upstream);
  const { audience = upstream } = given;
  if (typeof audience !== "string" || audience === "") throw new InvalidValue("must have a text as its audience");
  const flag = (key: (typeof KEYS)[number]) => parseMember(given, key, parseBoolean, false);
  return {
    host: parseRouteHost(given.host ?? null, hosts),
    path: parseRoutePath(given.path),
    upstream,
    access: parseAccess(given.access),
    audience,
    identityHeaders: flag("identityHeaders"),
    forwardHeaders: parseMember(given, "forwardHeaders", parseForwardHeaders, []),
    dropHeaders: parseMember(given, "dropHeaders", parseDropHeaders, []),
    ...allowancesOf((name) => flag(name)),
    ...parseCase(flag("caseInsensitive"), flag("caseSensitive")),
    refusePathInfo: flag("refusePathInfo"),
    timeoutSeconds: parseMember(given, "timeoutSeconds", parseSeconds, DEFAULT_TIMEOUT_SECONDS),
  };
}

function parseMember<Value>(
  given: Readonly<Record<string, unknown>>,
  key: (typeof KEYS)[number],
  parse: (value: unknown) => Value,
  fallback: Value,
): Value {
  try {
    return given[key] === undefined ? fallback : parse(given[key]);
  } catch (error) {
    throw error instanceof InvalidValue ? new InvalidValue(`whose ${key} ${error.message}`) : error;
  }
}

function parseCase(caseInsensitive: boolean, caseSensitive: boolean): Pick<Route, "caseInsensitive" | "caseSensitive"> {
  if (!(caseInsensitive && caseSensitive)) return { caseInsensitive, caseSensitive };
  throw new InvalidValue("cannot have a service that tells upper and lower case apart (caseSensitive) and does not");
}

export function parseForwardHeaders(value: unknown): readonly string[] {
  return parseNames(value).map((name) => {
    const reason = notToBeListed(name);
    if (reason !== null) throw new InvalidValue(`has ${JSON.stringify(name)}, which ${reason}`);
    return name.toLowerCase();
  });
}

function parseDropHeaders(value: unknown): readonly string[] {
  return parseNames(value).map(comparedName);
}

function parseNames(value: unknown): readonly string[] {
  const names = parseList(value, "names of header fields");
  if (names.every((name) => /^[A-Za-z0-9_-]+$/.test(name))) return names;
  throw new InvalidValue('must be a list of names of header fields, of letters, digits, "-" and "_"');
}

/** No request is for any other: the route would answer nobody. */
function parseRouteHost(value: unknown, hosts: readonly string[]): string | null {
  const host = hosts.find((each) => each === value);
  if (host !== undefined || value === null) return host ?? null;
  throw new InvalidValue(`must have as its host one of the public URL's, which is ${hosts.join(" or ")}, or none`);
}

function parseRoutePath(value: unknown): string {
  const target = typeof value === "string" ? readRequestTarget(value) : null;
  if (target === null || target.query !== "" || target.path !== value) {
    throw new InvalidValue('must have a path such as "/api/" (all below) or "/robots.txt", decoded');
  }
  // A reader takes it for all below. It would be one path of that name, and all below would go by another route.
  if (target.path.includes("*")) {
    const folder = target.path.slice(0, target.path.lastIndexOf("/", target.path.indexOf("*")) + 1);
    throw new InvalidValue(`must have no "*" in its path: "${folder}" is for all below`);
  }
  return target.path;
}

function parseUpstream(value: unknown): string {
  const url = typeof value === "string" ? originIn(value) : null;
  if (url === null) {
    throw new InvalidValue('must have an origin as its upstream, such as "http://127.0.0.1:8082": no path');
  }
  return url.origin;
}

/** Nothing is public that was not said to be. */
export function parseAccess(value: unknown): RouteAccess {
  if (value === "public" || value === "login" || value === "fresh_login") return { kind: value };
  const role = typeof value === "string" && value.startsWith("role:") ? value.slice("role:".length) : null;
  if (role !== null && isRole(role)) return { kind: "role", role };
  throw new InvalidValue('must have as its access "public", "login", "fresh_login" or "role:NAME"');
}

function parseJson(text: string): unknown {
  try {
    return parseUniquely(text);
  } catch (error) {
    if (error instanceof DuplicateKey)
      throw new InvalidValue(`must not have the key "${error.key}" twice in one route`);
    throw new InvalidValue("must be JSON: a list of routes");
  }
}
