import { execFile } from "node:child_process";
import { copyFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryTree } from "../temporary-tree.ts";

const run = promisify(execFile);
const repository = resolve(import.meta.dirname, "../../..");

/** What `npm run lint` has against a repository that has these files only: the rule and the file, as "rule file". */
async function refusalsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await temporaryTree({ ".gitignore": "node_modules/\n", ...files });
  await copyFile(join(repository, "biome.json"), join(root, "biome.json"));
  const program = join(repository, "node_modules/@biomejs/biome/bin/biome");
  const output = await run(process.execPath, [program, "lint", "--error-on-warnings", "--reporter=github", "."], {
    cwd: root,
  }).then(
    () => "",
    (failure: { stdout: string }) => failure.stdout,
  );
  const found = output.matchAll(/title=(?<rule>[^,]+),file=(?<file>[^,]+)/g);
  return [...found].map(({ groups }) => `${groups?.rule} ${relative(root, groups?.file ?? "")}`).sort();
}

const folder = "packages/a/src";
const cycle = "lint/suspicious/noImportCycles";

test("refuses files that import one another in a circle, through as many as it takes", async () => {
  const refusals = await refusalsOf({
    [`${folder}/a.ts`]: 'import { b } from "./b.ts";\n\nexport const a = (): unknown => b;\n',
    [`${folder}/b.ts`]: 'import { c } from "./more/c.ts";\n\nexport const b = (): unknown => c;\n',
    [`${folder}/more/c.ts`]: 'import { a } from "../a.ts";\n\nexport const c = (): unknown => a;\n',
    [`${folder}/d.ts`]: 'import { c } from "./more/c.ts";\n\nexport const d = c;\n',
  });
  expect(refusals).toEqual([`${cycle} ${folder}/a.ts`, `${cycle} ${folder}/b.ts`, `${cycle} ${folder}/more/c.ts`]);
});

test("refuses files that import one another's types in a circle", async () => {
  const refusals = await refusalsOf({
    [`${folder}/a.ts`]: 'import type { B } from "./b.ts";\n\nexport interface A {\n  b: B;\n}\n',
    [`${folder}/b.ts`]: 'import { type A } from "./a.ts";\n\nexport interface B {\n  a: A;\n}\n',
  });
  expect(refusals.filter((refusal) => refusal.startsWith(cycle))).toEqual([
    `${cycle} ${folder}/a.ts`,
    `${cycle} ${folder}/b.ts`,
  ]);
});

test.each([
  ["an annotation", "export function a(b: any): unknown {\n  return b;\n}\n"],
  ["an assertion", "export const a = JSON.parse('{}') as any;\n"],
  ["an argument", "export type A = Record<string, any>;\n"],
])("refuses any as %s", async (_where, text) => {
  expect(await refusalsOf({ [`${folder}/a.ts`]: text })).toContain(`lint/suspicious/noExplicitAny ${folder}/a.ts`);
});

test("takes no offence at any in a sentence, a string or a property", async () => {
  const text = '// any request\nexport const a = "as any";\nexport const b = Promise.any([a]);\n';
  expect(await refusalsOf({ [`${folder}/a.ts`]: text })).toEqual([]);
});
