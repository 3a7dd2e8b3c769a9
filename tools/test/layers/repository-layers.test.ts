import { expect, test } from "vitest";
import { checkLayers } from "../../layers/repository-layers.ts";
import { temporaryTree } from "../temporary-tree.ts";

const manifest = JSON.stringify({
  name: "coatcheck",
  exports: { ".": {}, "./stores/memory": {}, "./stores/sqlite": {}, "./testing": {} },
});

/** The problems of a repository that has these files only. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await temporaryTree({ "packages/coatcheck/package.json": manifest, ...files });
  return (await checkLayers(root)).problems;
}

const library = "packages/coatcheck/src";
const mayNot = [
  { from: `${library}/errors.ts`, source: `import "node:crypto";`, says: "errors may import nothing" },
  { from: `${library}/core/a.ts`, source: `import { b } from "../http/b.ts";`, says: "core may import" },
  { from: `${library}/core/a.ts`, source: `import type { b } from "../stores/memory.ts";`, says: "core may import" },
  { from: `${library}/core/a.ts`, source: `import { readFile } from "node:fs";`, says: "core may import" },
  { from: `${library}/core/a.ts`, source: `import { hash } from "crypto-js";`, says: "core may import" },
  { from: `${library}/core/a.ts`, source: `export { b } from "../index.ts";`, says: "core may import" },
  { from: `${library}/http/a.ts`, source: `import type { b } from "../adapters/fastify.ts";`, says: "http may import" },
  { from: `${library}/http/a.ts`, source: `import http from "http";`, says: "http may import" },
  { from: `${library}/stores/memory.ts`, source: `import { b } from "./sqlite.ts";`, says: "a store may import" },
  { from: `${library}/stores/memory/a.ts`, source: `import { b } from "../sqlite/b.ts";`, says: "a store may import" },
  {
    from: `${library}/stores/sqlite/a.ts`,
    source: `import { SessionManager } from "../../core/session-manager.ts";`,
    says: "only as `import type`",
  },
  {
    from: `${library}/stores/sqlite.ts`,
    source: `import Database from "better-sqlite3";`,
    says: "only as `import type`",
  },
  {
    from: `${library}/stores/sqlite.ts`,
    source: `import { type A } from "better-sqlite3";`,
    says: "only as `import type`",
  },
  { from: `${library}/stores/sqlite.ts`, source: `await import("better-sqlite3");`, says: "only as `import type`" },
  { from: `${library}/stores/sqlite.ts`, source: `await import(driver);`, says: "write the name out" },
  { from: `${library}/stores/sqlite.ts`, source: `import { b } from "../http/b.ts";`, says: "a store may import" },
  {
    from: `${library}/adapters/fastify.ts`,
    source: `import { b } from "../stores/memory.ts";`,
    says: "an adapter may import",
  },
  {
    from: `${library}/adapters/fastify.ts`,
    source: `import type { b } from "./express.ts";`,
    says: "an adapter may import",
  },
  { from: `${library}/adapters/fastify.ts`, source: `import fastify from "fastify";`, says: "only as `import type`" },
  {
    from: `${library}/adapters/fastify.ts`,
    source: `import { b } from "../core/b.ts";`,
    says: "only as `import type`",
  },
  { from: `${library}/index.ts`, source: `export { b } from "./stores/memory.ts";`, says: "the index may import" },
  { from: `${library}/http/a.ts`, source: `import { b } from "../testing/b.ts";`, says: "http may import" },
  { from: `${library}/testing/a.ts`, source: `import { b } from "../stores/memory.ts";`, says: "testing may import" },
  {
    from: "apps/gateway/src/accounts/a.ts",
    source: `import type { FastifyRequest } from "fastify";`,
    says: "the gateway's accounts may import",
  },
  {
    from: "apps/gateway/src/gateway.ts",
    source: `import { b } from "coatcheck/testing";`,
    says: "the gateway's gateway.ts may import",
  },
  { from: "examples/a/src/a.ts", source: `import { b } from "coatcheck/dist/core/b.js";`, says: "does not publish" },
  { from: "examples/a/src/a.ts", source: `import { b } from "coatcheck/core/b";`, says: "does not publish" },
  {
    from: "examples/a/src/a.ts",
    source: `import { b } from "../../../packages/coatcheck/src/index.ts";`,
    says: "an example may import",
  },
  {
    from: "apps/gateway/src/gateway.ts",
    source: `import { b } from "../../files/src/b.ts";`,
    says: "the gateway's gateway.ts may import",
  },
  {
    from: "examples/article/src/a.ts",
    source: `import { b } from "@coatcheck/gateway";`,
    says: "an example may import",
  },
  { from: "apps/web/src/a.ts", source: `import { b } from "coatcheck";`, says: "the pages may import" },
  { from: "benchmarks/a/main.ts", source: `import { b } from "coatcheck/testing";`, says: "a benchmark may import" },
  {
    from: "benchmarks/a/main.ts",
    source: `import { b } from "../../packages/coatcheck/src/b.ts";`,
    says: "a benchmark may",
  },
  {
    from: "e2e/a.test.ts",
    source: `import { b } from "../apps/gateway/src/b.ts";`,
    says: "an end-to-end test may import",
  },
  { from: "packages/other/lib/a.ts", source: "export const a = 1;", says: "no layer has this file" },
] as const;

test.each(mayNot)("$from may not contain $source", async ({ from, source, says }) => {
  const problems = await problemsOf({ [from]: `\n${source}\nexport const name = 1;\n` });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(says);
  if (!says.startsWith("no layer")) expect(problems[0]).toMatch(new RegExp(`^${from}:2 imports `));
});

const may = [
  {
    from: `${library}/core/a.ts`,
    source: `import { CoatcheckError } from "../errors.ts";`,
    why: "faults are reported",
  },
  {
    from: `${library}/core/a.ts`,
    source: `import { hash } from "node:crypto";`,
    why: "digests are security, decided once",
  },
  { from: `${library}/http/a.ts`, source: `import { b } from "../core/b.ts";`, why: "imports point inwards" },
  {
    from: `${library}/http/a.ts`,
    source: `import { isIP } from "node:net";`,
    why: "it parses addresses, and opens none",
  },
  {
    from: `${library}/stores/memory.ts`,
    source: `import { b } from "./memory/b.ts";`,
    why: "it is the store's own folder",
  },
  { from: `${library}/stores/sqlite/a.ts`, source: `import { b } from "../sqlite.ts";`, why: "it is the store itself" },
  {
    from: `${library}/stores/sqlite.ts`,
    source: `import type { Database } from "better-sqlite3";`,
    why: "types are erased",
  },
  { from: `${library}/stores/sqlite.ts`, source: `import { b } from "../core/session-record.ts";`, why: "it is pure" },
  {
    from: `${library}/stores/sqlite.ts`,
    source: `import type { b } from "../core/session.ts";`,
    why: "types are erased",
  },
  {
    from: `${library}/adapters/fastify.ts`,
    source: `import { b } from "../http/request-guard.ts";`,
    why: "it is the pipeline",
  },
  { from: `${library}/adapters/fastify.ts`, source: `import type { b } from "fastify";`, why: "types are erased" },
  {
    from: `${library}/testing/a.ts`,
    source: `import assert from "node:assert/strict";`,
    why: "the runner is injected",
  },
  { from: "packages/coatcheck/test/a.test.ts", source: `import { b } from "coatcheck/testing";`, why: "it is a test" },
  {
    from: "examples/a/src/a.ts",
    source: `import { b } from "coatcheck/stores/sqlite";`,
    why: "applications choose stores",
  },
  {
    from: "examples/a/src/a.ts",
    source: `import Database from "better-sqlite3";`,
    why: "applications choose drivers",
  },
  {
    from: "apps/gateway/test/a.test.ts",
    source: `import { b } from "../src/b.ts";`,
    why: "it is the application's own",
  },
  { from: "benchmarks/a/main.ts", source: `import { b } from "../table.ts";`, why: "benchmarks share their table" },
] as const;

test.each(may)("$from may contain $source, because $why", async ({ from, source }) => {
  expect(await problemsOf({ [from]: `${source}\nexport const name = 1;\n` })).toEqual([]);
});

/** A circle through two workspaces has one import against the direction, whichever way round it is. */
const circles = [
  {
    between: "the library and what services share",
    from: `${library}/core/a.ts`,
    source: `import type { b } from "@coatcheck/service/log";`,
    back: "packages/service/src/log.ts",
    returns: `import type { a } from "coatcheck";`,
  },
  {
    between: "the library and an application",
    from: `${library}/http/a.ts`,
    source: `import { b } from "@coatcheck/gateway/gateway";`,
    back: "apps/gateway/src/gateway.ts",
    returns: null,
  },
  {
    between: "two applications",
    from: "apps/gateway/src/gateway.ts",
    source: `import { b } from "@coatcheck/files";`,
    back: "apps/files/src/main.ts",
    returns: `import { a } from "@coatcheck/gateway/gateway";`,
  },
  {
    between: "an application and its pages",
    from: "apps/web/src/a.ts",
    source: `import { b } from "@coatcheck/gateway/main";`,
    back: "apps/gateway/src/main.ts",
    returns: null,
  },
  {
    between: "the library and throwaway servers",
    from: `${library}/stores/sqlite.ts`,
    source: `import { b } from "@coatcheck/throwaway-servers";`,
    back: "packages/throwaway-servers/src/b.ts",
    returns: `import { a } from "coatcheck/stores/sqlite";`,
  },
] as const;

// Biome finds circles of files, but follows no import into another workspace: that one leads to what was built.
test.each(circles)("refuses a circle through $between", async ({ from, source, back, returns }) => {
  const problems = await problemsOf({ [from]: source, [back]: returns ?? "export const b = 1;" });
  expect(problems).toContainEqual(expect.stringMatching(new RegExp(`^${from}:1 imports `)));
});

const disorders = [
  { name: "a switched-off compiler", text: "// @ts-ignore\nexport const a = 1;\n", says: "switches off a check" },
  { name: "an expected error", text: "// @ts-expect-error\nexport const a = 1;\n", says: "switches off a check" },
  {
    name: "a switched-off linter",
    text: "/* biome-ignore lint: no */\nexport const a = 1;\n",
    says: "switches off a check",
  },
  { name: "a note to finish", text: "// TODO\nexport const a = 1;\n", says: "undone" },
  { name: "a barrel", text: `export { b } from "./b.ts";\n`, says: "re-exports" },
  { name: "a barrel of everything", text: `export * from "./b.ts";\nexport const a = 1;\n`, says: "re-exports" },
] as const;

test.each(disorders)("refuses $name in a source file", async ({ text, says }) => {
  const problems = await problemsOf({ [`${library}/core/a.ts`]: text });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(says);
});

const orders = [
  { name: "a note to finish in a string", text: 'export const a = "// TODO";\n' },
  { name: "a re-export beside what is declared here", text: `export type { B } from "./b.ts";\nexport const a = 1;\n` },
] as const;

test.each(orders)("takes no offence at $name", async ({ text }) => {
  expect(await problemsOf({ [`${library}/core/a.ts`]: text })).toEqual([]);
});

test("leaves the index to re-export, and tests to expect errors of the compiler", async () => {
  const problems = await problemsOf({
    [`${library}/index.ts`]: `export { A } from "./core/a.ts";\n`,
    "packages/coatcheck/test/a.test.ts": "// @ts-expect-error\nexport const a: string = 1;\n",
  });
  expect(problems).toEqual([]);
});
