import { resolve } from "node:path";
import { InvalidValue, type ValueType } from "@coatcheck/service/settings/value-type";
import { parseText } from "@coatcheck/service/settings/value-types";
import {
  type AnyRedisLocation,
  type DatabaseLocation,
  type PostgresLocation,
  placeOf,
  type ServerAddress,
  type SessionsLocation,
  type SqliteLocation,
} from "./locations.ts";
import { SecretText } from "./secret-text.ts";

const SCHEME = /^([a-z][a-z0-9+.-]*):/;
/** user:password@ servers / path ? parameters */
const AUTHORITY = /^(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/;
/** The password is all text after the first colon. */
const ACCESS = /^([^:]*)(?::(.*))?$/;
/** A name as Sentinel allows it, and a database. Any other text may be the end of a password that was not encoded. */
const SENTINEL_PATH = /^([A-Za-z0-9._-]+)(?:\/(.*))?$/;
/** No `@` or further slash, for the same reason. */
const POSTGRES_PATH = /^\/[^/@]+$/;
const SERVER = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/;
const DATABASE_FORMS = "sqlite:PATH or postgres://…";
const SESSIONS_FORMS =
  "memory:, sqlite:PATH, postgres://…, redis://…, rediss://…, redis-cluster://HOST,HOST or redis-sentinel://HOST,HOST/NAME";

export const databaseLocation: ValueType<DatabaseLocation> = {
  parse: parseDatabase,
  schema: {
    type: "string",
    pattern: "^(sqlite|postgres(ql)?):",
    examples: ["sqlite:/var/lib/coatcheck/coatcheck.sqlite"],
  },
  show: (location) => [placeOf(location)],
};

export const sessionsLocation: ValueType<SessionsLocation> = {
  parse: parseSessions,
  schema: {
    type: "string",
    pattern: "^(memory:$|(sqlite|postgres(ql)?|rediss?|redis-cluster|redis-sentinel):)",
    examples: ["memory:", "rediss://:PASSWORD@HOST:6379"],
  },
  show: (location) => [placeOf(location)],
};

export const postgresLocation: ValueType<PostgresLocation> = {
  parse: parsePostgres,
  schema: { type: "string", pattern: "^postgres(ql)?:", examples: ["postgres://USER:PASSWORD@HOST/DATABASE"] },
  show: (location) => [placeOf(location)],
};

function parseDatabase(value: unknown): DatabaseLocation {
  const scheme = schemeOf(value);
  if (scheme === "sqlite") return sqliteLocation(value);
  if (isPostgres(scheme)) return parsePostgres(value);
  if (scheme === "memory") throw new InvalidValue(`must be ${DATABASE_FORMS}: accounts are not kept in memory`);
  throw new InvalidValue(`must be ${DATABASE_FORMS}${notSupported(scheme)}`);
}

function parseSessions(value: unknown): SessionsLocation {
  if (value === "memory:") return { kind: "memory" };
  const scheme = schemeOf(value);
  if (scheme === "sqlite") return sqliteLocation(value);
  if (isPostgres(scheme)) return parsePostgres(value);
  if (scheme !== null && /^redis(s|-cluster|-sentinel)?$/.test(scheme)) return redisLocation(scheme, parseText(value));
  throw new InvalidValue(`must be ${SESSIONS_FORMS}${notSupported(scheme)}`);
}

function parsePostgres(value: unknown): PostgresLocation {
  const text = parseText(value);
  const url = URL.canParse(text) && isPostgres(schemeOf(text)) ? new URL(text) : null;
  if (url === null || url.hostname === "" || !POSTGRES_PATH.test(url.pathname)) {
    throw new InvalidValue("must be postgres://USER:PASSWORD@HOST/DATABASE");
  }
  // What is left of a password that was not encoded: it would be shown as the path, or as a port.
  const isCutApart = /@/.test(url.hash) || [...url.searchParams.keys()].some((name) => name.includes("@"));
  if (isCutApart || !/^\d*$/.test(url.searchParams.get("port") ?? "")) {
    throw new InvalidValue(
      "must be postgres://USER:PASSWORD@HOST/DATABASE, with / ? and # in a password written as %2F %3F %23",
    );
  }
  return { kind: "postgres", place: postgresPlace(url), url: new SecretText(text) };
}

/** The driver prefers the values of the parameters: `?host=/run/postgresql` is the form of a socket in a URL. */
function postgresPlace({ username, hostname, port, pathname, searchParams }: URL): string {
  const named = (name: string) => searchParams.getAll(name).at(-1) || null;
  const user = named("user") ?? decode(username);
  const host = named("host");
  const shownPort = named("port") ?? port;
  return [
    "postgres://",
    user === "" ? "" : `${encodeURIComponent(user)}@`,
    host === null ? hostname : encodeURIComponent(host),
    shownPort === "" ? "" : `:${shownPort}`,
    pathname,
  ].join("");
}

function redisLocation(scheme: string, text: string): AnyRedisLocation {
  const [, access = "", hosts = "", path = "", parameters = ""] = AUTHORITY.exec(text.slice(scheme.length + 3)) ?? [];
  if (!text.startsWith(`${scheme}://`) || hosts === "") throw new InvalidValue(`must name a host after ${scheme}://`);
  const [, username = "", password = ""] = ACCESS.exec(access) ?? [];
  // Redis has no users without a password. The text may be the password itself, which must not be shown as a user name.
  if (username !== "" && password === "") throw new InvalidValue("must have a password before @, after a colon");
  const common = {
    place: `${scheme}://${username === "" ? "" : `${username}@`}${hosts}${path === "" ? "" : `/${path}`}`,
    username: username === "" ? null : decode(username),
    password: password === "" ? null : new SecretText(decode(password)),
    tls: scheme === "rediss" || tlsIn(parameters),
  };
  if (scheme === "redis-cluster") {
    if (path !== "") throw new InvalidValue("must have nothing after the hosts: a cluster has one database");
    return { kind: "redis-cluster", ...common, servers: serversIn(hosts, 6_379) };
  }
  if (scheme === "redis-sentinel") {
    const [, name, database] = SENTINEL_PATH.exec(path) ?? [];
    if (name === undefined) {
      throw new InvalidValue("must end with /NAME, which is what the Sentinels call the primary");
    }
    const sentinels = serversIn(hosts, 26_379);
    return { kind: "redis-sentinel", ...common, sentinels, name, database: databaseIn(database) };
  }
  const [server, ...others] = serversIn(hosts, 6_379);
  if (server === undefined || others.length > 0) {
    throw new InvalidValue(`must name one host after ${scheme}://; several make a redis-cluster: or redis-sentinel:`);
  }
  return { kind: "redis", ...common, ...server, database: databaseIn(path) };
}

function serversIn(hosts: string, defaultPort: number): readonly ServerAddress[] {
  return hosts.split(",").map((each) => {
    const [, host = "", port] = SERVER.exec(each) ?? [];
    const number = port === undefined ? defaultPort : Number(port);
    if (host === "" || number < 1 || number > 65_535) {
      throw new InvalidValue("must name hosts as HOST or HOST:PORT, separated by commas");
    }
    return { host: host.replace(/^\[|\]$/g, ""), port: number };
  });
}

function databaseIn(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  if (!/^\d{1,5}$/.test(text)) throw new InvalidValue("must have the number of a database, or nothing, at its end");
  return Number(text);
}

function tlsIn(parameters: string): boolean {
  if (parameters === "" || parameters === "tls=false") return false;
  if (parameters === "tls=true") return true;
  throw new InvalidValue("must have no parameter but ?tls=true");
}

/** User names and passwords may contain any text, as percent-encoded bytes. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidValue("must have % in a user name or password written as %25");
  }
}

function schemeOf(value: unknown): string | null {
  return typeof value === "string" ? (SCHEME.exec(value)?.[1] ?? null) : null;
}

function isPostgres(scheme: string | null): boolean {
  return scheme === "postgres" || scheme === "postgresql";
}

/** Shows only the scheme of the value: the rest may contain a password. */
function notSupported(scheme: string | null): string {
  return scheme === null ? "" : `; ${scheme}: is not supported`;
}

function sqliteLocation(value: unknown): SqliteLocation {
  const path = parseText(value).slice("sqlite:".length);
  if (path === "" || path === ":memory:") throw new InvalidValue("must name a file after sqlite:");
  return { kind: "sqlite", path: resolve(path) };
}
