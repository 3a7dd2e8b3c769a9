import { accessSync, constants, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** The Debian package that has each program, and each module (`.so`, `.py`) of one. */
const debianPackages = {
  "redis-server": "redis-server",
  "redis-cli": "redis-tools",
  postgres: "postgresql",
  initdb: "postgresql",
  psql: "postgresql-client",
  pg_basebackup: "postgresql-client",
  pgbouncer: "pgbouncer",
  haproxy: "haproxy",
  caddy: "caddy",
  nginx: "nginx",
  "ngx_http_js_module.so": "libnginx-mod-http-js",
  traffic_server: "trafficserver",
  "uri_signing.so": "trafficserver-experimental-plugins",
  gunicorn: "gunicorn",
  "flask/__init__.py": "python3-flask",
  "flask_login/__init__.py": "python3-flask-login",
  lighttpd: "lighttpd",
  apache2: "apache2-bin",
  "php-fpm": "php-fpm",
  cc: "gcc",
} as const;

export type Program = keyof typeof debianPackages;

/** Debian keeps the programs of each Postgres here, and out of PATH. */
const POSTGRES_VERSIONS = "/usr/lib/postgresql";
const MODULES = ["/usr/lib/nginx/modules", "/usr/lib/trafficserver/modules", "/usr/lib/python3/dist-packages"];

/** The path of an installed program. */
export function programPath(program: Program): string {
  const path = findProgram(program);
  if (path === undefined) throw new Error(missingMessage(program));
  return path;
}

export function missingMessage(program: Program): string {
  return `${program} is not installed. Install it with: apt-get install ${debianPackages[program]}`;
}

export function findProgram(program: Program): string | undefined {
  return foldersOf(program)
    .flatMap((folder) => namesOf(program, folder).map((name) => join(folder, name)))
    .find((path) => isThere(path, isModule(program) ? constants.R_OK : constants.X_OK));
}

/** Debian's PHP has its version in its name; the newest comes first. */
function namesOf(program: Program, folder: string): readonly string[] {
  if (program !== "php-fpm") return [program];
  const versions = namesIn(folder).filter((name) => /^php-fpm[\d.]*$/.test(name));
  return versions.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** PgBouncer, HAProxy and nginx are daemons: an ordinary user's PATH leaves their folder out. */
function foldersOf(program: Program): readonly string[] {
  if (isModule(program)) return MODULES;
  const path = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"].filter((folder) => folder !== "");
  if (program === "postgres") return [...path, ...postgresFolders()];
  if (program !== "initdb" && program !== "psql" && program !== "pg_basebackup") return path;
  // All from one version: a data folder of one is unreadable to another, and Debian's psql in PATH is a slow script.
  const postgres = findProgram("postgres");
  return postgres === undefined ? path : [dirname(realpathSync(postgres)), ...path];
}

/** Newest version first. */
function postgresFolders(): readonly string[] {
  const versions = namesIn(POSTGRES_VERSIONS).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(POSTGRES_VERSIONS, version, "bin"));
}

/** None where there is no such folder. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isModule(program: Program): boolean {
  return /\.(so|py)$/.test(program);
}

function isThere(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
