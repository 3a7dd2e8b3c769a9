import { chmodSync, chownSync, lchownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadConfiguration } from "../../src/config/load-configuration.ts";
import { configurationWarnings } from "../../src/config/warnings.ts";
import { openSqliteFile } from "../../src/storage/sqlite/sqlite-file.ts";

const load = (environment: Record<string, string>) => loadConfiguration({ environment }).configuration;
const refused = (environment: Record<string, string>) => () => load(environment);

function fileWith(text: string, mode: number): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe("a public URL that no browser asks for is refused, rather than answered 421 for ever", () => {
  test.each(["https://*.example", "https://*", "https://login.*.example", "https://a$b.example"])("%s", (url) => {
    expect(refused({ COATCHECK_PUBLIC_URL: url })).toThrow(/COATCHECK_PUBLIC_URL must/);
  });

  test.each(["https://login.example", "https://xn--bcher-kva.example:8443", "https://[2001:db8::1]"])(
    "not %s",
    (url) => {
      expect(load({ COATCHECK_PUBLIC_URL: url }).publicUrl).toEqual([url]);
    },
  );
});

test.each([
  ["http://10.0.0.5:80", "http://10.0.0.5"],
  ["https://music.internal:443/", "https://music.internal"],
  ["http://10.0.0.5:8080", "http://10.0.0.5:8080"],
])("an upstream may be written with its own port: %s", (upstream, normalised) => {
  const [route] = load({ COATCHECK_ROUTES: JSON.stringify([{ path: "/", upstream, access: "public" }]) }).routes;
  expect(route?.upstream).toBe(normalised);
});

test.each(["http://*.internal", "http://10.0.0.5:80/path", "ftp://10.0.0.5"])(
  "an upstream that is no origin is refused: %s",
  (upstream) => {
    const routes = JSON.stringify([{ path: "/", upstream, access: "public" }]);
    expect(refused({ COATCHECK_ROUTES: routes })).toThrow(/entry 1, "upstream" must be an origin/);
  },
);

describe("who may open what is not asked where others can answer", () => {
  const about = { COATCHECK_FILES_URL: "https://files.example" };

  test("http to another machine", () => {
    expect(refused({ ...about, COATCHECK_PASS_RULE_URL: "http://10.0.0.9/rule" })).toThrow("must begin with https://");
  });

  test.each(["https://app.example/rule", "http://localhost:3000/rule", "http://127.0.0.1/rule"])("but by %s", (url) => {
    expect(load({ ...about, COATCHECK_PASS_RULE_URL: url }).passRuleUrl).toBe(url);
  });
});

describe("a store on another machine without TLS is warned of", () => {
  test.each([
    { COATCHECK_SESSIONS: "redis://10.0.0.9" },
    { COATCHECK_SESSIONS: "redis-cluster://127.0.0.1:7001,10.0.0.9:7002" },
    { COATCHECK_SESSIONS: "redis-sentinel://10.0.0.9/primary" },
    { COATCHECK_SESSIONS: "postgres://a:b@db.internal/app" },
    { COATCHECK_DATABASE: "postgres://a:b@db.internal/app?sslmode=disable" },
    { COATCHECK_DATABASE: "postgres://a:b@db.internal/app?ssl=false" },
    { COATCHECK_DATABASE: "postgres://a:b@db.internal/app?ssl=0" },
    { COATCHECK_DATABASE: "postgres://a:b@db.internal/app?sslmode=" },
  ])("%j", (environment) => {
    const warnings = configurationWarnings(load({ ...environment }));
    expect(warnings).toEqual([expect.stringContaining("without TLS")]);
    expect(warnings.join()).not.toContain("a:b");
  });

  test.each([
    {},
    { COATCHECK_SESSIONS: "redis://localhost" },
    { COATCHECK_SESSIONS: "redis://[::1]:6379" },
    { COATCHECK_SESSIONS: "rediss://10.0.0.9" },
    { COATCHECK_SESSIONS: "redis-cluster://10.0.0.9?tls=true" },
    { COATCHECK_SESSIONS: "postgres://a:b@db.internal/app?sslmode=verify-full" },
    { COATCHECK_SESSIONS: "postgres://a:b@db.internal/app?ssl=true" },
    { COATCHECK_DATABASE: "postgres://a:b@127.0.0.1/app" },
  ])("but not %j", (environment) => {
    expect(configurationWarnings(load({ ...environment }))).toEqual([]);
  });
});

describe("what every user of the machine may write is not used", () => {
  test("a database", () => {
    expect(() => openSqliteFile(fileWith("", 0o666))).toThrow(/cannot be opened: every user .* \(mode 0666\)/);
    openSqliteFile(fileWith("", 0o660)).close();
  });

  test("a configuration", () => {
    expect(() => loadConfiguration({ environment: {}, path: fileWith("{}", 0o666) })).toThrow(
      /is not used: every user/,
    );
    loadConfiguration({ environment: {}, path: fileWith("{}", 0o644) });
  });
});

const STRANGER = 65_534;

/** Only root may give files away. */
describe.skipIf(process.geteuid?.() !== 0)("what another user put into a folder that every user may write", () => {
  test("a link to a database of theirs is not followed", () => {
    const target = fileWith("", 0o600);
    const shared = dirname(fileWith("", 0o600));
    const link = join(shared, "coatcheck.sqlite");
    symlinkSync(target, link);
    lchownSync(link, STRANGER, STRANGER);
    openSqliteFile(link).close();
    chmodSync(shared, 0o1777);
    expect(() => openSqliteFile(link)).toThrow(/cannot be opened: another user of this machine put it there/);
    lchownSync(link, 0, 0);
    openSqliteFile(link).close();
  });

  test("a database is not opened", () => {
    const path = fileWith("", 0o600);
    chmodSync(dirname(path), 0o777);
    openSqliteFile(path).close();
    chownSync(path, STRANGER, STRANGER);
    expect(() => openSqliteFile(path)).toThrow(/another user of this machine put it there/);
    chownSync(dirname(path), STRANGER, STRANGER);
    openSqliteFile(path).close();
  });

  test("a configuration is not read", () => {
    const path = fileWith("{}", 0o600);
    chmodSync(dirname(path), 0o1777);
    chownSync(path, STRANGER, STRANGER);
    expect(() => loadConfiguration({ environment: {}, path })).toThrow(/is not used: another user/);
  });
});

describe("a key that stands in one object twice is refused", () => {
  test("in the file", () => {
    const path = fileWith('{"port": 8080, "host": "localhost", "p\\u006frt": 8081}', 0o600);
    expect(() => loadConfiguration({ environment: {}, path })).toThrow('has the key "port" twice');
  });

  test("in a route of the environment", () => {
    const routes = '[{"path":"/","upstream":"http://127.0.0.1:1","access":"role:admin","access":"public"}]';
    expect(refused({ COATCHECK_ROUTES: routes })).toThrow('must not have the key "access" twice');
  });
});
