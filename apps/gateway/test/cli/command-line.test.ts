import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CommandLine } from "./support/run-coatcheck.ts";

const names = [
  "demo",
  "gateway",
  "files",
  "users add",
  "users list",
  "users edit",
  "users disable",
  "users enable",
  "users unlock",
  "users set-password",
  "sessions list",
  "sessions revoke",
  "keys list",
  "keys rotate",
  "keys retire",
  "passes void",
  "config check",
  "migrate",
];

test("--help lists every command", async () => {
  const { code, output, errors } = await new CommandLine().run(["--help"]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  for (const name of names) expect(output).toMatch(new RegExp(`^  ${name} `, "m"));
});

test("--version is the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await new CommandLine().run(["--version"])).toEqual({ code: 0, output: `${version}\n`, errors: "" });
});

test.each(names)("%s --help shows how it is used, whatever else is wrong", async (name) => {
  const commandLine = new CommandLine({ COATCHECK_NONSENSE: "1" });
  const { code, output, errors } = await commandLine.run([...name.split(" "), "--nonsense", "--help"]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(output).toMatch(new RegExp(`^Usage: coatcheck ${name}`));
});

test.each(["users", "keys"])("coatcheck %s --help lists the commands that begin so", async (first) => {
  const { code, output, errors } = await new CommandLine().run([first, "--help"]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  for (const name of names) expect([name, output.includes(`  ${name} `)]).toEqual([name, name.startsWith(`${first} `)]);
});

describe("what is not understood is one line on standard error, and exit code 2", () => {
  test.each([
    { words: [], says: /Which command/ },
    { words: ["user", "list"], says: /Did you mean "users list"\?/ },
    { words: ["users"], says: /Which command\? "coatcheck users --help" lists them/ },
    { words: ["users", "--halp"], says: /There is no such command/ },
    { words: ["frobnicate"], says: /"coatcheck --help" lists the commands/ },
    { words: ["users", "list", "--jsn"], says: /Unknown option '--jsn'/ },
    { words: ["users", "list", "extra"], says: /too many arguments/ },
    { words: ["users", "disable"], says: /EMAIL is missing/ },
    { words: ["users", "add", "ada@example.com", "--name"], says: /argument missing/ },
    { words: ["users", "add", "ada@example.com"], says: /--name is missing/ },
    { words: ["users", "add", "ada@example.com", "--name", "Ada"], says: /--password-stdin/ },
    { words: ["users", "add", "ada@example.com", "--name", "Ada", "--password", "hunter2"], says: /Unknown option/ },
    { words: ["users", "add", "ada@example.com", "--name", "Ada", "--password=hunter2"], says: /Unknown option/ },
    { words: ["sessions", "revoke", "ada@example.com"], says: /Name one session, or say --all/ },
    { words: ["sessions", "revoke", "ada@example.com", "id", "--all"], says: /Name one session, or say --all/ },
    { words: ["demo", "--config", "file"], says: /Unknown option '--config'/ },
  ])("coatcheck $words", async ({ words, says }) => {
    const { code, output, errors } = await (await CommandLine.withDatabase()).run(words);
    expect({ code, output }).toEqual({ code: 2, output: "" });
    expect(errors).toMatch(/^coatcheck: .*\n$/);
    expect(errors).toMatch(says);
    expect(errors).not.toContain("hunter2");
  });
});

describe("what cannot be done is one line on standard error, and exit code 1", () => {
  test.each([
    {
      words: ["users", "list"],
      environment: { COATCHECK_DATABASE: "sqlite:/no/such/folder/a.db" },
      says: /There is no database at \/no\/such\/folder\/a\.db\./,
    },
    { words: ["users", "list"], environment: { PORT: "many" }, says: /PORT must be a whole number/ },
    { words: ["config", "check", "--config", "/no/such/file"], environment: {}, says: /does not exist/ },
    { words: ["users", "disable", "nobody"], environment: {}, says: /not an email address/ },
    { words: ["users", "disable", "nobody@example.com"], environment: {}, says: /There is no user nobody@example.com/ },
  ])("coatcheck $words with $environment", async ({ words, environment, says }) => {
    const { code, output, errors } = await (await CommandLine.withDatabase(environment)).run(words);
    expect({ code, output }).toEqual({ code: 1, output: "" });
    expect(errors).toMatch(/^coatcheck: .*\n$/);
    expect(errors).toMatch(says);
  });
});

test("config check prints what is in effect and where it came from, as a table and as JSON", async () => {
  const commandLine = new CommandLine({ PORT: "9000", COATCHECK_SESSIONS: "memory:" });
  const table = await commandLine.run(["config", "check"]);
  expect(table.code).toBe(0);
  expect(table.output).toMatch(/^port +9000 +PORT$/m);
  expect(table.output).toMatch(/^sessions +memory: +COATCHECK_SESSIONS$/m);
  expect(table.output).toMatch(/^host +localhost +default$/m);
  expect(table.output).toContain(`sqlite:${commandLine.databasePath}`);
  const json = await commandLine.run(["config", "check", "--json"]);
  expect(JSON.parse(json.output)).toMatchObject({ port: 9000, sessions: { kind: "memory" }, host: "localhost" });
});

test("config check --files checks the settings of the file service, and shows no secret", async () => {
  const commandLine = new CommandLine({ COATCHECK_FILES_SOURCE: "folder:/srv", COATCHECK_ISSUER: "http://localhost" });
  const { COATCHECK_DATA: _, ...environment } = commandLine.environment;
  const of = (more: NodeJS.ProcessEnv) => new CommandLine({ ...environment, COATCHECK_DATA: undefined, ...more });
  const table = await of({}).run(["config", "check", "--files"]);
  expect(table).toMatchObject({ code: 0, errors: "" });
  expect(table.output).toMatch(/^source +folder:\/srv +COATCHECK_FILES_SOURCE$/m);
  expect(table.output).toMatch(/^jwks +http:\/\/localhost\/auth\/access\/jwks\.json +default$/m);
  const misspelt = await of({ COATCHECK_FILES_SORCE: "folder:/srv" }).run(["config", "check", "--files"]);
  expect(misspelt.errors).toContain("Did you mean COATCHECK_FILES_SOURCE?");
});

test("config check shows that there is a key which encrypts keys, and not the key", async () => {
  const secret = "a".repeat(43);
  const { output } = await new CommandLine({ COATCHECK_KEY_ENCRYPTION_KEY: secret }).run(["config", "check"]);
  expect(output).toMatch(/^keyEncryptionKey +\(secret\) +COATCHECK_KEY_ENCRYPTION_KEY$/m);
  expect(output).not.toContain(secret);
});

test("config check shows the Postgres server that is asked, wherever the URL names it", async () => {
  const url = "postgres://ada:hunter2@ignored:1/accounts?host=/run/postgresql&port=5433&user=grace&password=hunter2";
  const { output } = await new CommandLine({ COATCHECK_DATABASE: url }).run(["config", "check"]);
  expect(output).toMatch(/^database +postgres:\/\/grace@%2Frun%2Fpostgresql:5433\/accounts +COATCHECK_DATABASE$/m);
  expect(output).not.toMatch(/hunter2|ignored/);
});

test("config check shows no query of a URL, which may hold a key", async () => {
  const files = {
    COATCHECK_FILES_URL: "https://files.example",
    COATCHECK_PASS_RULE_URL: "https://app/rule?key=hunter2",
  };
  const gateway = await new CommandLine(files).run(["config", "check"]);
  expect(gateway.output).toMatch(/^passRuleUrl +https:\/\/app\/rule\?… +COATCHECK_PASS_RULE_URL$/m);
  const { COATCHECK_DATA: _, ...environment } = new CommandLine({
    COATCHECK_FILES_SOURCE: "folder:/srv",
    COATCHECK_ISSUER: "http://localhost",
    COATCHECK_ACCESS_JWKS: "http://localhost/keys?key=hunter2",
    COATCHECK_ACCESS_REVOCATIONS: "http://localhost/ended?key=hunter2",
  }).environment;
  const service = await new CommandLine({ ...environment, COATCHECK_DATA: undefined }).run([
    "config",
    "check",
    "--files",
  ]);
  expect(service).toMatchObject({ code: 0 });
  expect(service.output).toMatch(/^jwks +http:\/\/localhost\/keys\?… /m);
  expect(service.output).toMatch(/^revocations +http:\/\/localhost\/ended\?… /m);
  expect(gateway.output + service.output).not.toContain("hunter2");
});

describe("config check of a gateway with many sites", () => {
  const routes = Array.from({ length: 13 }, (_, index) => ({
    host: `tool-${index}.example.com`,
    path: "/",
    access: "login",
    upstream: "http://127.0.0.1:9",
  }));
  const environment = {
    COATCHECK_PUBLIC_URL: routes.map(({ host }) => `https://${host}`).join(","),
    COATCHECK_ROUTES: JSON.stringify(routes),
    COATCHECK_SESSIONS: "memory:",
  };

  test("has a line for each route and each origin, and none that is wider than a terminal", async () => {
    const { code, output } = await new CommandLine(environment).run(["config", "check"]);
    expect(code).toBe(0);
    for (const { host } of routes) {
      expect(output).toMatch(new RegExp(`^(publicUrl)? +https://${host}( |$)`, "m"));
      expect(output).toMatch(new RegExp(`^(routes)? +${host}/ → http://127.0.0.1:9 \\(login\\)`, "m"));
    }
    expect(Math.max(...output.split("\n").map((line) => line.length))).toBeLessThan(160);
  });

  test("that is to connect fails with the cause where a service is down, and names what answers", async () => {
    const commandLine = await CommandLine.withDatabase(environment);
    const { code, output, errors } = await commandLine.run(["config", "check", "--connect"]);
    expect(code).toBe(1);
    expect(output).toMatch(/^KEY/);
    expect(errors).toMatch(/^database +sqlite:\/.* +answers$/m);
    expect(errors).toMatch(/^sessions +memory: +answers$/m);
    expect(errors).toMatch(/^service +http:\/\/127\.0\.0\.1:9 +.*ECONNREFUSED/m);
    expect(errors).toMatch(/^coatcheck: 1 of 3 parts cannot be used\.$/m);
  });

  test("that is to connect says why a database or the sessions cannot be used", async () => {
    const down = {
      COATCHECK_DATABASE: "postgres://ada:secret-words@127.0.0.1:9/accounts",
      COATCHECK_SESSIONS: "redis://127.0.0.1:9",
    };
    const { code, errors } = await new CommandLine(down).run(["config", "check", "--connect"]);
    expect(code).toBe(1);
    expect(errors).toMatch(/^database +postgres:\S* +.*ECONNREFUSED/m);
    expect(errors).toMatch(/^sessions +redis:\S* +.*(ECONNREFUSED|closed|not answer)/m);
    expect(errors).not.toContain("secret-words");
  });

  test("that is to connect succeeds where everything answers", async () => {
    const commandLine = await CommandLine.withDatabase({ COATCHECK_SESSIONS: "memory:" });
    expect(await commandLine.run(["config", "check", "--connect"])).toMatchObject({ code: 0 });
  });
});
