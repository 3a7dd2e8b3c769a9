import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { edgesOf } from "../../layers/import-rules.ts";
import { parseSource } from "../../source/parsed-source.ts";
import { longFiles } from "../../tests/long-files.ts";
import { kindOf, specialKinds } from "../../tests/test-kinds.ts";
import { unitImportProblems } from "../../tests/unit-imports.ts";

const root = join(import.meta.dirname, "../../..");

function problemsOf(files: Readonly<Record<string, string>>): readonly string[] {
  return unitImportProblems(Object.entries(files).flatMap(([path, text]) => edgesOf(parseSource({ path, text }))));
}

test.each([
  { path: "packages/a/test/store.test.ts", kind: "unit" },
  { path: "packages/a/test/store.files.test.ts", kind: "files" },
  { path: "packages/a/test/store.http.test.ts", kind: "http" },
  { path: "packages/a/test/store.servers.test.ts", kind: "servers" },
  { path: "packages/a/test/page.browser.test.ts", kind: "browser" },
  { path: "packages/throwaway-servers/test/store.test.ts", kind: "servers" },
  { path: "tools/test/a/b.test.ts", kind: "tools" },
  { path: "e2e/test/sign-in.http.test.ts", kind: "browser" },
])("$path is of the kind $kind", ({ path, kind }) => {
  expect(kindOf(path)).toBe(kind);
});

test.each([
  { source: `import { connect } from "node:net";`, kind: "http" },
  { source: `import { createServer } from "node:http";`, kind: "http" },
  { source: `import { spawn } from "node:child_process";`, kind: "servers" },
  { source: `import { RedisServer } from "@coatcheck/throwaway-servers";`, kind: "servers" },
  { source: `import esbuild from "esbuild";`, kind: "servers" },
  { source: `import { launchChromium } from "@coatcheck/e2e/chromium";`, kind: "browser" },
  { source: `import Database from "better-sqlite3";`, kind: "files" },
  { source: `import { tmpdir } from "node:os";`, kind: "files" },
])("a unit test may not import by $source", ({ source, kind }) => {
  const [problem, ...others] = problemsOf({ "packages/a/test/a.test.ts": source });
  expect(problem).toContain(`Name it *.${kind}.test.ts.`);
  expect(others).toEqual([]);
  expect(problemsOf({ [`packages/a/test/a.${kind}.test.ts`]: source })).toEqual([]);
});

test("nor may what it imports, at any remove", () => {
  const problems = problemsOf({
    "apps/a/test/a.test.ts": `import { b } from "./support/b.ts";`,
    "apps/a/test/support/b.ts": `import { c } from "../../src/c.ts";`,
    "apps/a/src/c.ts": `import { spawn } from "node:child_process";`,
  });
  expect(problems).toEqual([
    "apps/a/test/a.test.ts imports node:child_process through apps/a/src/c.ts: it needs other processes. Name it *.servers.test.ts.",
  ]);
});

test.each([
  { source: `import type { Server } from "node:http";`, why: "types are erased" },
  { source: `import { b } from "../src/b.ts";`, why: "that a source could listen does not make it" },
  { source: `import { readFileSync } from "node:fs";`, why: "what is there may be read" },
])("it may import by $source: $why", ({ source }) => {
  expect(
    problemsOf({
      "apps/a/test/a.test.ts": source,
      "apps/a/src/b.ts": `import { createServer } from "node:http";\nimport Database from "better-sqlite3";`,
    }),
  ).toEqual([]);
});

test("each folder and each file that the two tables name is there", () => {
  const named = [...specialKinds.flatMap(({ folders }) => folders), ...Object.keys(longFiles)];
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
