import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CommandLine } from "./support/run-coatcheck.ts";

const names = [
  ...["demo", "gateway", "files", "users add", "users list", "users edit", "users disable", "users enable"],
  ...["users set-password", "sessions list", "sessions revoke", "keys list", "keys rotate", "keys retire"],
  ...["passes void", "config check", "migrate"],
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
    const { code, output, errors } = await new CommandLine().run(words);
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
      says: /folder does not exist/,
    },
    { words: ["users", "list"], environment: { PORT: "many" }, says: /PORT must be a whole number/ },
    { words: ["config", "check", "--config", "/no/such/file"], environment: {}, says: /does not exist/ },
    { words: ["users", "disable", "nobody"], environment: {}, says: /not an email address/ },
    { words: ["users", "disable", "nobody@example.com"], environment: {}, says: /There is no user nobody@example.com/ },
  ])("coatcheck $words with $environment", async ({ words, environment, says }) => {
    const { code, output, errors } = await new CommandLine(environment).run(words);
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
