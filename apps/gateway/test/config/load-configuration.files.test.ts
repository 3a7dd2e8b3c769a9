import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeDataFolder } from "../../src/config/data-folder.ts";
import { loadConfiguration } from "../../src/config/load-configuration.ts";

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function fileWith(content: unknown): string {
  const path = join(temporaryFolder(), "coatcheck.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function load(environment: NodeJS.ProcessEnv, path?: string) {
  return loadConfiguration({ environment, path }).configuration;
}

/** What the configuration is refused with. */
function refusal(environment: NodeJS.ProcessEnv, path?: string): string {
  try {
    load(environment, path);
  } catch (error) {
    expect(error).toMatchObject({ name: "GatewayError", code: "invalid_configuration" });
    return (error as Error).message;
  }
  throw new Error("The configuration was accepted.");
}

test("without any setting everything has a safe default", () => {
  const { configuration, origins } = loadConfiguration({ environment: { PATH: "/bin" } });
  expect(configuration).toEqual({
    data: resolve(".coatcheck"),
    host: "localhost",
    port: 8080,
    publicUrl: ["http://localhost:8080"],
    database: { kind: "sqlite", path: resolve(".coatcheck/coatcheck.sqlite") },
    sessions: { kind: "sqlite", path: resolve(".coatcheck/coatcheck.sqlite") },
    databaseListener: null,
    sessionsListener: null,
    nearCacheMaxStalenessMilliseconds: null,
    nearCacheSettle: false,
    trustedProxies: [],
    sessionPolicy: "standard",
    freshForSeconds: null,
    routes: [],
    hstsSubdomains: false,
    forwardAuth: false,
    filesUrl: null,
    passPaths: [],
    passRuleUrl: null,
    passLifetimeSeconds: 300,
    signingAlgorithm: "ES256",
    keyEncryptionKey: null,
    breachedPasswordsFile: null,
    auditRetentionDays: 90,
    metricsPort: null,
    metricsHost: null,
    metricsNames: [],
    stopDelaySeconds: 2,
    logLevel: "info",
    dangerouslyAllowInsecureHttp: false,
  });
  expect(new Set(Object.values(origins))).toEqual(new Set(["default"]));
});

test("the environment goes over the file, and the file over the defaults", () => {
  const path = fileWith({ port: 9000, host: "127.0.0.1", logLevel: "warn" });
  const { configuration, origins } = loadConfiguration({ environment: { PORT: "9100", HOST: "" }, path });
  expect(configuration).toMatchObject({ port: 9100, host: "127.0.0.1", logLevel: "warn" });
  expect(origins).toMatchObject({ port: "PORT", host: path, logLevel: path, data: "default" });
});

test("the file is the one that was named, or else the one of the environment", () => {
  const [named, other] = [fileWith({ port: 1 }), fileWith({ port: 2 })];
  expect(load({ COATCHECK_CONFIG: other }).port).toBe(2);
  expect(load({ COATCHECK_CONFIG: other }, named).port).toBe(1);
  expect(load({ COATCHECK_CONFIG: "" }).port).toBe(8080);
});

test("defaults follow what they depend on", () => {
  expect(load({ COATCHECK_DATA: "/var/lib/coatcheck", PORT: "80" })).toMatchObject({
    publicUrl: ["http://localhost"],
    database: { kind: "sqlite", path: "/var/lib/coatcheck/coatcheck.sqlite" },
    sessions: { kind: "sqlite", path: "/var/lib/coatcheck/coatcheck.sqlite" },
  });
  expect(load({ COATCHECK_DATABASE: "sqlite:/srv/accounts.db" }).sessions).toEqual({
    kind: "sqlite",
    path: "/srv/accounts.db",
  });
});

test("a password is for the connection alone: nothing prints it", () => {
  const configuration = load({
    COATCHECK_DATABASE: "postgres://ada:hunter2@db/accounts?password=hunter2",
    COATCHECK_SESSIONS: "redis-sentinel://ada:hunter%2B2@a/primary",
  });
  const { sessions } = configuration;
  expect(sessions.kind === "redis-sentinel" && sessions.password?.reveal()).toBe("hunter+2");
  for (const printed of [JSON.stringify(configuration), inspect(configuration, { depth: 9 })]) {
    expect(printed).not.toContain("hunter");
  }
});

test("the password of a Redis is all between the first colon and the @", () => {
  const { sessions } = load({ COATCHECK_SESSIONS: "redis://ada%40home:hunter:2%2F3@cache" });
  if (sessions.kind !== "redis") throw new Error(sessions.kind);
  expect([sessions.username, sessions.password?.reveal()]).toEqual(["ada@home", "hunter:2/3"]);
});

test("a configuration cannot be changed", () => {
  const configuration = load({ COATCHECK_TRUSTED_PROXIES: "10.0.0.1", COATCHECK_SESSIONS: "memory:" });
  for (const value of [configuration, configuration.trustedProxies, configuration.database, configuration.sessions]) {
    expect(Object.isFrozen(value)).toBe(true);
  }
});

describe("a value that is accepted", () => {
  test.each([
    { variable: "PORT", text: "0", key: "port", value: 0, also: { COATCHECK_PUBLIC_URL: "https://a.example" } },
    { variable: "HOST", text: "::1", key: "host", value: "::1" },
    { variable: "HOST", text: "gateway.internal", key: "host", value: "gateway.internal" },
    {
      variable: "COATCHECK_PUBLIC_URL",
      text: "https://login.example",
      key: "publicUrl",
      value: ["https://login.example"],
    },
    {
      variable: "COATCHECK_PUBLIC_URL",
      text: "https://a.example:8443/",
      key: "publicUrl",
      value: ["https://a.example:8443"],
    },
    {
      variable: "COATCHECK_PUBLIC_URL",
      text: "http://127.0.0.1:8080",
      key: "publicUrl",
      value: ["http://127.0.0.1:8080"],
    },
    { variable: "COATCHECK_PUBLIC_URL", text: "http://[::1]:8080", key: "publicUrl", value: ["http://[::1]:8080"] },
    {
      variable: "COATCHECK_PUBLIC_URL",
      text: "http://app.localhost",
      key: "publicUrl",
      value: ["http://app.localhost"],
    },
    {
      variable: "COATCHECK_PUBLIC_URL",
      text: "http://intranet.example",
      key: "publicUrl",
      value: ["http://intranet.example"],
      also: { COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP: "true" },
    },
    {
      variable: "COATCHECK_PUBLIC_URL",
      text: "https://a.example, https://b.example:8443/,http://localhost:8080,http://localhost:8081",
      key: "publicUrl",
      value: ["https://a.example", "https://b.example:8443", "http://localhost:8080", "http://localhost:8081"],
    },
    { variable: "COATCHECK_SESSIONS", text: "memory:", key: "sessions", value: { kind: "memory" } },
    { variable: "COATCHECK_SESSIONS", text: "sqlite:/s.db", key: "sessions", value: { kind: "sqlite", path: "/s.db" } },
    {
      variable: "COATCHECK_TRUSTED_PROXIES",
      text: "10.0.0.0/8, 192.0.2.1,2001:db8::/32",
      key: "trustedProxies",
      value: ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"],
    },
    {
      variable: "COATCHECK_DATABASE",
      text: "postgres://ada:hunter2@db:5433/accounts?sslmode=require",
      key: "database",
      value: { kind: "postgres", place: "postgres://ada@db:5433/accounts" },
    },
    {
      variable: "COATCHECK_SESSIONS",
      text: "redis://cache",
      key: "sessions",
      value: { kind: "redis", host: "cache", port: 6379, username: null, password: null, tls: false, database: 0 },
    },
    {
      variable: "COATCHECK_SESSIONS",
      text: "rediss://ada:hunter2@[::1]:6380/2",
      key: "sessions",
      value: { kind: "redis", place: "rediss://ada@[::1]:6380/2", host: "::1", port: 6380, tls: true, database: 2 },
    },
    {
      variable: "COATCHECK_SESSIONS",
      text: "redis-cluster://:hunter2@a,b:7001?tls=true",
      key: "sessions",
      value: {
        kind: "redis-cluster",
        place: "redis-cluster://a,b:7001",
        tls: true,
        servers: [
          { host: "a", port: 6379 },
          { host: "b", port: 7001 },
        ],
      },
    },
    {
      variable: "COATCHECK_SESSIONS",
      text: "redis-sentinel://a,b:26380/primary/3",
      key: "sessions",
      value: {
        kind: "redis-sentinel",
        name: "primary",
        database: 3,
        sentinels: [
          { host: "a", port: 26_379 },
          { host: "b", port: 26_380 },
        ],
      },
    },
    {
      variable: "COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS",
      text: "500",
      key: "nearCacheMaxStalenessMilliseconds",
      value: 500,
      also: { COATCHECK_SESSIONS: "redis://cache", COATCHECK_NEAR_CACHE_SETTLE: "true" },
    },
    { variable: "COATCHECK_SESSION_POLICY", text: "strict", key: "sessionPolicy", value: "strict" },
    { variable: "COATCHECK_FRESH_FOR_SECONDS", text: "60", key: "freshForSeconds", value: 60 },
    { variable: "COATCHECK_LOG_LEVEL", text: "debug", key: "logLevel", value: "debug" },
  ])("$variable=$text", ({ variable, text, key, value, also = {} }) => {
    expect(load({ [variable]: text, ...also })).toMatchObject({ [key]: value });
  });

  test("is accepted from the file in the words of JSON", () => {
    const content = {
      data: "/data",
      port: 9000,
      publicUrl: ["https://login.example"],
      trustedProxies: ["10.0.0.1"],
      dangerouslyAllowInsecureHttp: false,
      freshForSeconds: 60,
    };
    expect(load({}, fileWith(content))).toMatchObject(content);
  });
});

describe("a value that is refused", () => {
  test.each([
    { variable: "PORT", text: "80a", says: /^PORT must be a whole number/ },
    { variable: "PORT", text: "65536", says: /from 0 to 65535/ },
    { variable: "PORT", text: "-1", says: /from 0 to 65535/ },
    { variable: "PORT", text: "0", says: /COATCHECK_PUBLIC_URL must be given/ },
    { variable: "HOST", text: "http://localhost", says: /host name or an IP address/ },
    { variable: "COATCHECK_HSTS_SUBDOMAINS", text: "true", says: /is for a public URL by https/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "http://login.example", says: /must begin with https/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "http://localhost.example", says: /must begin with https/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "http://127.0.0.1.example", says: /must begin with https/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "http://192.168.0.1", says: /must begin with https/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "https://login.example/path", says: /origin alone/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "https://login.example?a=b", says: /origin alone/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "https://user:hunter2@login.example", says: /origin alone/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "https://LOGIN.example", says: /lower case/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "ftp://login.example", says: /must be a URL/ },
    { variable: "COATCHECK_PUBLIC_URL", text: "login.example", says: /must be a URL/ },
    { variable: "COATCHECK_DATABASE", text: "mysql://u:hunter2@db/c", says: /mysql: is not supported/ },
    { variable: "COATCHECK_DATABASE", text: "redis://:hunter2@cache", says: /redis: is not supported/ },
    { variable: "COATCHECK_DATABASE", text: "postgres://u:1/hunter2?@db/c", says: /with \/ \? and # in a password/ },
    { variable: "COATCHECK_DATABASE", text: "postgres://u:1/hunter2#@db/c", says: /with \/ \? and # in a password/ },
    { variable: "COATCHECK_DATABASE", text: "postgres://u@db/c?port=1%0ahunter2", says: /must be postgres:/ },
    { variable: "COATCHECK_DATABASE", text: "postgres://u:hunter2@db", says: /must be postgres:\/\/USER/ },
    { variable: "COATCHECK_DATABASE", text: "postgres:u:hunter2@db/c", says: /must be postgres:\/\/USER/ },
    { variable: "COATCHECK_DATABASE", text: "memory:", says: /accounts are not kept in memory/ },
    { variable: "COATCHECK_DATABASE", text: "sqlite:", says: /must name a file/ },
    { variable: "COATCHECK_DATABASE", text: "sqlite::memory:", says: /must name a file/ },
    { variable: "COATCHECK_DATABASE", text: "/srv/accounts.db", says: /must be sqlite:PATH or postgres:/ },
    { variable: "COATCHECK_SESSIONS", text: "memory", says: /must be memory:, sqlite:PATH, postgres:/ },
    { variable: "COATCHECK_SESSIONS", text: "memcached://hunter2", says: /memcached: is not supported/ },
    { variable: "COATCHECK_SESSIONS", text: "redis:hunter2", says: /must name a host/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://", says: /must name a host/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2@", says: /must name a host/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2@a,b", says: /must name one host/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2@a:port", says: /HOST or HOST:PORT/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2@a:99999", says: /HOST or HOST:PORT/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2@a/sessions", says: /number of a database/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2%zz@a", says: /%25/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://:hunter2@a?timeout=1", says: /no parameter but/ },
    { variable: "COATCHECK_SESSIONS", text: "redis-cluster://:hunter2@a,b/1", says: /a cluster has one database/ },
    { variable: "COATCHECK_SESSIONS", text: "redis-cluster://:hunter2@a,,b", says: /HOST or HOST:PORT/ },
    { variable: "COATCHECK_SESSIONS", text: "redis-sentinel://:hunter2@a,b", says: /must end with \/NAME/ },
    { variable: "COATCHECK_SESSIONS", text: "redis-sentinel://u:1/hunter2@a", says: /must end with \/NAME/ },
    { variable: "COATCHECK_SESSIONS", text: "redis-sentinel://a/primary/1/hunter2", says: /number of a database/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://hunter2@a", says: /a password before @/ },
    { variable: "COATCHECK_SESSIONS", text: "redis://hunter2:@a", says: /a password before @/ },
    { variable: "COATCHECK_SESSIONS", text: "postgres://u:1/hunter2@db/c", says: /must be postgres:/ },
    { variable: "COATCHECK_SESSIONS_LISTENER", text: "redis://:hunter2@a", says: /must be postgres:/ },
    {
      variable: "COATCHECK_SESSIONS_LISTENER",
      text: "postgres://u:hunter2@db/c",
      says: /is for sessions in Postgres/,
    },
    {
      variable: "COATCHECK_DATABASE_LISTENER",
      text: "postgres://u:hunter2@db/c",
      says: /is for accounts in Postgres, and goes with COATCHECK_NEAR_CACHE_MAX/,
    },
    {
      variable: "COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS",
      text: "1000",
      says: /is for sessions in Redis or Postgres/,
    },
    { variable: "COATCHECK_NEAR_CACHE_MAX_STALENESS_MILLISECONDS", text: "0", says: /from 1 to 60000/ },
    { variable: "COATCHECK_NEAR_CACHE_SETTLE", text: "true", says: /goes with COATCHECK_NEAR_CACHE_MAX/ },
    { variable: "COATCHECK_TRUSTED_PROXIES", text: "loopback", says: /, entry 1 must be an IP address, or a network/ },
    { variable: "COATCHECK_TRUSTED_PROXIES", text: "10.0.0.0/33", says: /must be an IP address, or a network/ },
    { variable: "COATCHECK_TRUSTED_PROXIES", text: "10.0.0.0/8/8", says: /must be an IP address, or a network/ },
    { variable: "COATCHECK_TRUSTED_PROXIES", text: "0.0.0.0/0", says: /must not trust every address/ },
    { variable: "COATCHECK_TRUSTED_PROXIES", text: "10.0.0.1,::/0", says: /must not trust every address/ },
    { variable: "COATCHECK_SESSION_POLICY", text: "lax", says: /must be one of standard, strict/ },
    { variable: "COATCHECK_LOG_LEVEL", text: "verbose", says: /must be one of trace/ },
    { variable: "COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP", text: "1", says: /must be true or false/ },
    { variable: "COATCHECK_DATA", text: " ", says: /not empty/ },
  ])("$variable=$text", ({ variable, text, says }) => {
    const message = refusal({ [variable]: text });
    expect(message).toMatch(says);
    expect(message).toContain(variable);
    expect(message).not.toContain("hunter2");
  });

  test.each([
    { content: { port: true }, says: /^"port" in .*coatcheck\.json must be a whole number/ },
    { content: { port: 80.5 }, says: /whole number/ },
    { content: { publicUrl: [] }, says: /not empty/ },
    { content: { publicUrl: ["https://a.example", 5] }, says: /, entry 2 must be a text/ },
    { content: { trustedProxies: [10] }, says: /coatcheck\.json, entry 1 must be an IP address, or a network/ },
    { content: { trustedProxies: { a: 1 } }, says: /must be a list/ },
    { content: { database: null }, says: /must be sqlite:PATH/ },
    { content: [], says: /must hold a JSON object/ },
    { content: "null", says: /must hold a JSON object/ },
    { content: '{\n  "port": 8080,\n  "password": hunter2\n}', says: /is not valid JSON/ },
  ])("$content in the file", ({ content, says }) => {
    const message = refusal({}, fileWith(content));
    expect(message).toMatch(says);
    expect(message).not.toContain("hunter2");
  });

  test("a file that is not there", () => {
    expect(refusal({}, join(temporaryFolder(), "missing.json"))).toMatch(
      /missing\.json cannot be read: it does not exist/,
    );
  });

  test("a folder in place of the file", () => {
    expect(refusal({ COATCHECK_CONFIG: temporaryFolder() })).toMatch(/cannot be read: EISDIR/);
  });
});

describe("a name that means nothing", () => {
  test.each<{ readonly content: unknown; readonly says: RegExp }>([
    {
      content: { publicURL: "https://a.example" },
      says: /has the key "publicURL", which is unknown. Did you mean publicUrl\?/,
    },
    { content: { trustProxies: [] }, says: /Did you mean trustedProxies\?/ },
    { content: { colour: "red" }, says: /"colour", which is unknown. Known are publicUrl, host, port, data, / },
    { content: '{"__proto__": {"port": 1}}', says: /"__proto__", which is unknown/ },
    { content: { constructor: 1 }, says: /"constructor", which is unknown/ },
  ])("$content is refused in the file", ({ content, says }) => {
    expect(refusal({}, fileWith(content))).toMatch(says);
  });

  test.each([
    {
      variable: "COATCHECK_PUBLIC_URI",
      says: /"COATCHECK_PUBLIC_URI", which is unknown. Did you mean COATCHECK_PUBLIC_URL\?/,
    },
    { variable: "COATCHECK_CONFIGURATION", says: /which is unknown/ },
    { variable: "COATCHECK_PORT", says: /which is unknown/ },
  ])("$variable is refused in the environment", ({ variable, says }) => {
    expect(refusal({ [variable]: "hunter2" })).toMatch(says);
    expect(refusal({ [variable]: "hunter2" })).not.toContain("hunter2");
  });

  test("is left alone when it does not begin with ours", () => {
    expect(load({ PUBLIC_URL: "x", PORT_NUMBER: "x" }).port).toBe(8080);
  });
});

describe("the data folder", () => {
  test("is made, for its owner alone, when a database is to be in it", () => {
    const data = join(temporaryFolder(), "a", "b");
    makeDataFolder(load({ COATCHECK_DATA: data }));
    expect(statSync(data).mode & 0o777).toBe(0o700);
    makeDataFolder(load({ COATCHECK_DATA: data }));
  });

  test("is not made when everything is kept elsewhere", () => {
    const folder = temporaryFolder();
    const data = join(folder, "data");
    makeDataFolder(load({ COATCHECK_DATA: data, COATCHECK_DATABASE: `sqlite:${folder}/a.db` }));
    expect(() => statSync(data)).toThrow("ENOENT");
  });

  test("that cannot be made is a fault with a code", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "folder"));
    expect(() => makeDataFolder(load({ COATCHECK_DATA: join(folder, "file", "data") }))).toThrow(
      expect.objectContaining({ code: "database_cannot_be_opened" }),
    );
  });
});

describe("signed access", () => {
  const load = (environment: Readonly<Record<string, string>>) => loadConfiguration({ environment }).configuration;
  const files = { COATCHECK_FILES_URL: "https://files.example.com" };

  test("is for one file service, and opens what is listed", () => {
    const environment = {
      ...files,
      COATCHECK_PASS_PATHS: "/songs/, /a%20b.pdf",
      COATCHECK_PASS_LIFETIME_SECONDS: "60",
    };
    expect(load(environment)).toMatchObject({
      filesUrl: "https://files.example.com",
      passPaths: [
        { text: "/songs/", isPrefix: true },
        { text: "/a%20b.pdf", isPrefix: false },
      ],
      passLifetimeSeconds: 60,
    });
    expect(load({ COATCHECK_FILES_URL: "http://localhost:8081/" }).filesUrl).toBe("http://localhost:8081");
  });

  test.each([
    [{ COATCHECK_FILES_URL: "http://files.example.com" }, "must begin with https://"],
    [{ COATCHECK_FILES_URL: "https://files.example.com/songs" }, "must be an origin"],
    [{ COATCHECK_FILES_URL: "files" }, "must be an origin"],
    [{ ...files, COATCHECK_PASS_PATHS: "songs/" }, "COATCHECK_PASS_PATHS, entry 1 must be a path such as"],
    [{ ...files, COATCHECK_PASS_PATHS: "/songs/../" }, "COATCHECK_PASS_PATHS, entry 1 must be a path such as"],
    [{ ...files, COATCHECK_PASS_PATHS: "/songs/*" }, 'must have no "*": "/songs/" is for all below'],
    [{ COATCHECK_ROUTES: '[{"acess":"login"}]' }, /: did you mean "access"\?$/],
    [{ COATCHECK_PORT: "9000" }, '"COATCHECK_PORT", which is unknown. Did you mean PORT?'],
    [{ PORT: "9464", COATCHECK_METRICS_PORT: "9464" }, "COATCHECK_METRICS_PORT is the port of the gateway itself"],
    [
      { COATCHECK_ROUTES: '[{"path":"/","upstream":"http://127.0.0.1:8080","access":"login"}]' },
      "COATCHECK_ROUTES would forward / to the gateway itself",
    ],
    [
      { COATCHECK_ROUTES: '[{"path":"/","upstream":"http://a","access":"login","timeoutSeconds":0}]' },
      'COATCHECK_ROUTES, entry 1, "timeoutSeconds" must be a whole number of seconds',
    ],
    [
      { COATCHECK_ROUTES: '[{"path":"/","upstream":"http://a","access":"login","identityHeaders":"yes"}]' },
      'COATCHECK_ROUTES, entry 1, "identityHeaders" must be true or false',
    ],
    [{ COATCHECK_METRICS_HOST: "0.0.0.0" }, "COATCHECK_METRICS_HOST goes with COATCHECK_METRICS_PORT"],
    [{ COATCHECK_PASS_PATHS: "/songs/" }, "COATCHECK_PASS_PATHS goes with COATCHECK_FILES_URL"],
    [{ COATCHECK_PASS_RULE_URL: "https://app/rule" }, "COATCHECK_PASS_RULE_URL goes with COATCHECK_FILES_URL"],
    [{ ...files, COATCHECK_PASS_RULE_URL: "rule" }, "must be a URL"],
    // A password that `config check` would show, and with which no question could be asked.
    [{ ...files, COATCHECK_PASS_RULE_URL: "https://app:pw@app.example/rule" }, "must have no user name or password"],
    [{ COATCHECK_PASS_LIFETIME_SECONDS: "60" }, "COATCHECK_PASS_LIFETIME_SECONDS goes with COATCHECK_FILES_URL"],
    [{ COATCHECK_PASS_LIFETIME_SECONDS: "601" }, "must be a whole number of seconds from 1 to 600"],
    [{ COATCHECK_SIGNING_ALGORITHM: "HS256" }, "must be one of ES256, EdDSA, RS256"],
    [{ COATCHECK_KEY_ENCRYPTION_KEY: "hunter2" }, "must be 32 random bytes"],
  ])("%j is refused: %s", (environment, says) => {
    expect(() => load(environment)).toThrow(says);
    expect(() => load(environment)).not.toThrow("hunter2");
  });

  test("never shows the key that encrypts keys", () => {
    const secret = "a".repeat(43);
    const configuration = load({ COATCHECK_KEY_ENCRYPTION_KEY: secret });
    expect(JSON.stringify(configuration)).not.toContain(secret);
    expect(configuration.keyEncryptionKey?.reveal()).toBe(secret);
  });
});
