import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { CommandLine } from "./support/run-coatcheck.ts";

const password = "counting analytical engines";
const words = ["users", "add", "ada@example.com", "--name", "Ada"];

test("script, which gives a process a terminal, is installed (apt-get install bsdutils)", () => {
  expect(spawnSync("script", ["--version"]).status).toBe(0);
});

describe("on a terminal", () => {
  test("the password is asked for twice, and never shown", async () => {
    const { code, output } = await (await CommandLine.withDatabase()).runOnTerminal(words, [password, password]);
    expect(output).toMatch(/^New password: \r?\nOnce more: \r?\nAdded ada@example.com, id \S+, in \S+\.\r?\n$/);
    expect(output).not.toContain("counting");
    expect(code).toBe(0);
  });

  test("two that differ are refused", async () => {
    const commandLine = await CommandLine.withDatabase();
    const { code, output } = await commandLine.runOnTerminal(words, [password, `${password}!`]);
    expect(output).toContain("coatcheck: The two passwords differ.");
    expect(code).toBe(1);
    expect((await commandLine.run(["users", "list"])).output).toBe("There are no users.\n");
  });

  test.each([
    { key: "Ctrl-C", typed: `${password}\u0003`, says: "coatcheck: Interrupted." },
    { key: "Ctrl-D", typed: "\u0004", says: "coatcheck: No password was given." },
  ])("$key ends it, with nothing shown and nothing added", async ({ typed, says }) => {
    const commandLine = await CommandLine.withDatabase();
    const { code, output } = await commandLine.runOnTerminal(words, [typed]);
    expect(output).toContain(says);
    expect(output).not.toContain("counting");
    expect(code).toBe(1);
    expect((await commandLine.run(["users", "list"])).output).toBe("There are no users.\n");
  });

  test("a password can be corrected while it is typed, and hold letters of every script", async () => {
    const commandLine = await CommandLine.withDatabase();
    const typed = "тетя мотя пошлx\u007Fа";
    const { code } = await commandLine.runOnTerminal(words, [typed, "тетя мотя пошла"]);
    expect(code).toBe(0);
  });
});
