import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, onTestFinished, test } from "vitest";
import { CommandLine } from "./support/run-coatcheck.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/coatcheck.js", import.meta.url));
const password = "counting analytical engines";

async function withTwoUsers(): Promise<CommandLine> {
  const commandLine = new CommandLine();
  await commandLine.addUser("ada@example.com", password);
  await commandLine.addUser("grace@example.com", password);
  return commandLine;
}

describe("audit tail", () => {
  test("prints one line for each event, the newest last", async () => {
    const commandLine = await withTwoUsers();
    await commandLine.run(["users", "disable", "ada@example.com"]);
    const { code, output, errors } = await commandLine.run(["audit", "tail"]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const lines = output.trimEnd().split("\n");
    expect(lines.map((line) => line.split("  ")[2])).toEqual(["user_created", "user_created", "user_disabled"]);
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z {2}success {2}user_created {2}user=[\w-]{22} {2}by="operator" {2}systemUser="\w+"$/,
    );
  });

  test("prints those of one user, of one name, and as many as are asked for", async () => {
    const commandLine = await withTwoUsers();
    await commandLine.run(["users", "disable", "ada@example.com"]);
    const lines = async (...words: readonly string[]) =>
      (await commandLine.run(["audit", "tail", ...words])).output.split("\n").length - 1;
    expect(await lines("--user", "ADA@example.com")).toBe(2);
    expect(await lines("--event", "user_created", "--user", "ada@example.com")).toBe(1);
    expect(await lines("--limit", "1")).toBe(1);
  });

  test("prints JSON, one event a line", async () => {
    const commandLine = await withTwoUsers();
    const { output } = await commandLine.run(["audit", "tail", "--json", "--limit", "1"]);
    expect(JSON.parse(output)).toEqual({
      position: 2,
      time: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      id: expect.any(String),
      event: "user_created",
      outcome: "success",
      actorId: null,
      userId: expect.any(String),
      sessionId: null,
      clientAddress: null,
      userAgent: null,
      requestId: null,
      detail: { by: "operator", systemUser: expect.any(String) },
    });
  });

  test.each([
    { words: ["--event", "login"], says: "must be a name", code: 1 },
    { words: ["--limit", "0"], says: "whole number from 1 to", code: 1 },
    { words: ["--limit", "many"], says: "whole number from 1 to", code: 1 },
    { words: ["--user", "nobody@example.com"], says: "There is no user", code: 1 },
    { words: ["--colour"], says: "--help", code: 2 },
  ])("$words is refused", async ({ words, says, code }) => {
    const result = await (await CommandLine.withDatabase()).run(["audit", "tail", ...words]);
    expect(result).toMatchObject({ code, output: "" });
    expect(result.errors).toContain(says);
  });

  test("says by --help what there is", async () => {
    const { output } = await new CommandLine().run(["audit", "tail", "--help"]);
    for (const word of ["--follow", "--user", "--event", "--limit", "--json", "authn_login_fail", "audit_dropped"]) {
      expect(output).toContain(word);
    }
  });

  test("gives a terminal nothing to obey, whatever has come into the table", async () => {
    const commandLine = await withTwoUsers();
    const database = new Database(commandLine.databasePath);
    onTestFinished(() => void database.close());
    const evil = "\u001b[2J\u009b31m\r\nsuccess  authn_login_success\u202e";
    database
      .prepare("UPDATE audit_events SET user_agent = ?, session_id = ?, detail = ?")
      .run(evil, evil, JSON.stringify({ [evil]: evil }));
    for (const words of [[], ["--json"]]) {
      const { output } = await commandLine.run(["audit", "tail", ...words]);
      expect(output.trimEnd().split("\n")).toHaveLength(2);
      expect(output.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });

  test("--follow goes on with what happens, and ends when its output is closed", async () => {
    const commandLine = await withTwoUsers();
    const child = spawn(process.execPath, [PROGRAM, "audit", "tail", "--follow", "--limit", "1", "--json"], {
      env: commandLine.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    onTestFinished(() => void child.kill());
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => (JSON.parse((await lines.next()).value) as { event: string }).event;
    expect(await next()).toBe("user_created");
    await commandLine.run(["users", "edit", "ada@example.com", "--roles", "admin"]);
    expect(await next()).toBe("privilege_permissions_changed");
    await commandLine.run(["users", "enable", "ada@example.com"]);
    expect(await next()).toBe("user_enabled");
    const ended = once(child, "exit");
    child.stdout.destroy();
    await commandLine.run(["passes", "void"]);
    expect(await ended).toEqual([0, null]);
  });
});
