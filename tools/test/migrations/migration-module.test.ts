import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { migrationModule } from "../../migrations/migration-module.ts";
import { temporaryTree } from "../temporary-tree.ts";

test("the code has each statement as its file has it, oldest first", async () => {
  const placeholder = "$".concat("{not}");
  const first = `-- It costs \`nothing\`, ${placeholder} even a \\ backslash.\nCREATE TABLE coats (id integer);\n`;
  const folder = await temporaryTree({
    "0002-tickets.sql": "CREATE TABLE tickets (id integer);\n",
    "0001-coats.sql": first,
    "postgres/0001-coats.sql": "other",
    "README.md": "other",
  });
  const [, list = ""] =
    /^export const COAT_MIGRATIONS: [^=]* = (.*);$/ms.exec(await migrationModule(folder, "COAT_MIGRATIONS")) ?? [];
  const migrations: unknown = JSON.parse(runInNewContext(`JSON.stringify(${list})`));
  expect(migrations).toEqual([
    { version: 1, sql: first },
    { version: 2, sql: "CREATE TABLE tickets (id integer);\n" },
  ]);
});

test("a number that is missing, or there twice, is refused", async () => {
  const missing = await temporaryTree({ "0001-coats.sql": "", "0003-hooks.sql": "" });
  await expect(migrationModule(missing, "A")).rejects.toThrow("0003-hooks.sql should be number 2.");
  const twice = await temporaryTree({ "0001-coats.sql": "", "0001-hooks.sql": "" });
  await expect(migrationModule(twice, "A")).rejects.toThrow("0001-hooks.sql should be number 2.");
});
