import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../bin/coatcheck.js", import.meta.url));
const addAda = ["users", "add", "ada@example.com", "--name", "Ada", "--password-stdin"];

test("a user is not added to an empty database in whatever folder the command happens to run in", () => {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-elsewhere-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = (...words: string[]) => runWith({}, ...words);
  const runWith = (environment: NodeJS.ProcessEnv, ...words: string[]) => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
    return spawnSync(process.execPath, [program, ...words], {
      cwd: folder,
      env,
      encoding: "utf8",
      input: "counting analytical engines",
    });
  };
  const elsewhere = run(...addAda);
  expect([elsewhere.status, elsewhere.stdout]).toEqual([1, ""]);
  expect(elsewhere.stderr).toContain(`There is no database at ${join(folder, ".coatcheck", "coatcheck.sqlite")}.`);
  expect(run("users", "list").status).toBe(1);
  // It would have answered for a database that it had just made, where the gateway then has no users.
  const checked = run("config", "check", "--connect");
  expect(checked.stderr).toContain(`There is no database at ${join(folder, ".coatcheck", "coatcheck.sqlite")}.`);
  expect(checked.status).toBe(1);
  // Nor in a folder whose name is misspelt.
  const misspelt = runWith({ COATCHECK_DATA: "dta" }, ...addAda);
  expect([misspelt.status, misspelt.stdout]).toEqual([1, ""]);
  expect(misspelt.stderr).toContain(`There is no database at ${join(folder, "dta", "coatcheck.sqlite")}.`);
  expect(misspelt.stderr).toContain("coatcheck migrate");
  expect(readdirSync(folder)).toEqual([]);

  expect(run("migrate").status).toBe(0);
  const there = run(...addAda);
  expect(there.stdout).toMatch(/^Added ada@example\.com, id \S+, in sqlite:.*coatcheck\.sqlite\.\n$/);
  expect(existsSync(join(folder, ".coatcheck", "coatcheck.sqlite"))).toBe(true);
});
