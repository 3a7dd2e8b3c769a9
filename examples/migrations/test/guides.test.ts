import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";

const sourceFolder = path.resolve(import.meta.dirname, "../src");
const guideFolder = path.resolve(import.meta.dirname, "../../../docs/migrating");

const names = ["express-session", "better-auth", "jwt-in-local-storage"];

/** Without indentation: a guide shows a piece of a function at the left margin. */
function unindented(text: string): string {
  return text.replace(/^ +/gm, "");
}

function sourcesOf(name: string): readonly string[] {
  const folder = path.join(sourceFolder, name);
  return readdirSync(folder).map((file) => unindented(readFileSync(path.join(folder, file), "utf8")));
}

function codeIn(guide: string): readonly string[] {
  return [...guide.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, language, code = ""]) => {
    expect(language).toBe("ts");
    return unindented(code);
  });
}

test("there is a guide for each pair, and no other", () => {
  const expected = names.map((name) => `from-${name}.md`);
  expect(readdirSync(guideFolder).sort()).toEqual(["README.md", ...expected].sort());
  const index = readFileSync(path.join(guideFolder, "README.md"), "utf8");
  for (const file of expected) expect(index).toContain(`(${file})`);
});

describe.each(names)("the guide from %s", (name) => {
  const guide = readFileSync(path.join(guideFolder, `from-${name}.md`), "utf8");

  test("quotes the applications, word for word", () => {
    const sources = sourcesOf(name);
    const pieces = codeIn(guide);
    expect(pieces.length).toBeGreaterThanOrEqual(4);
    const strange = pieces.filter((piece) => !sources.some((source) => source.includes(piece)));
    expect(strange).toEqual([]);
  });

  test("leads to both applications, their test and the command that starts them", () => {
    for (const file of ["before.ts", "after.ts"]) expect(guide).toContain(`/examples/migrations/src/${name}/${file})`);
    expect(guide).toContain(`/examples/migrations/test/${name}.http.test.ts)`);
    expect(guide).toContain(`node examples/migrations/dist/main.js ${name} before`);
  });
});
