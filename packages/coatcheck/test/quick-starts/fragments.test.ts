import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { CompiledPrograms } from "./support/compiled-programs.ts";
import { codeIn, documentOf, joined } from "./support/documented-code.ts";

// Pieces of code that name things of the application, with those declared: they compile strictly, and name what there is.

interface Fragments {
  readonly document: string;
  /** What the pieces take as given: of each, in order. */
  readonly given: readonly string[];
}

const postgres = `import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { Client, Pool } from "pg";
const pool = new Pool();
const connectListener = async () => new Client();`;

const documents: readonly Fragments[] = [
  {
    document: "docs/choosing-a-store.md",
    given: [
      "",
      "",
      "",
      `import { coatcheck } from "coatcheck/express";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { findUser } from "./users.js";
const store = new MemorySessionStore();`,
    ],
  },
  {
    document: "docs/build-tools.md",
    given: [
      `import { MemorySessionStore } from "coatcheck/stores/memory";
import { findUser } from "./users.js";
const openStore = async () => new MemorySessionStore();`,
    ],
  },
  {
    document: "docs/own-migrations.md",
    given: [
      postgres,
      "const defineConfig = (config: object) => config;",
      "const defineConfig = (config: object) => config;",
    ],
  },
];

const users = readFileSync(path.join(import.meta.dirname, "support/users.ts"), "utf8");

test.each(documents)("the code in $document compiles", async ({ document, given }) => {
  const fragments = codeIn(documentOf(document));
  expect(fragments).toHaveLength(given.length);
  const files = fragments.map((code, index) => [
    `fragment-${index}.ts`,
    joined([given[index] ?? "", code, "export {};"]),
  ]);
  const programs = await CompiledPrograms.create({ fragments: { ...Object.fromEntries(files), "users.ts": users } });
  programs.dispose();
});
