import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { missingDocstrings } from "./missing-docstrings.ts";
import { pageDifferences, writePages } from "./page-files.ts";
import { referencePages } from "./pages.ts";
import { readLibrary } from "./read-library.ts";

// Writes docs/reference from the docstrings of what the library publishes, and requires that there is one everywhere.
//   --check  compare with the committed pages instead of writing them
const FOLDER = "docs/reference";

const { values: options } = parseArgs({ options: { check: { type: "boolean" } } });
const library = await readLibrary("packages/coatcheck", "tools/reference/library.tsconfig.json");
const errors = await readFile("docs/errors.md", "utf8");
const codes = new Set(Array.from(errors.matchAll(/<a id="(\w+)">/g), ([, code = ""]) => code));
const pages = referencePages(library, codes);

const problems = [...library.complaints, ...missingDocstrings(library)];
if (options.check) {
  const differences = await pageDifferences(FOLDER, pages);
  if (differences.length > 0) problems.push(...differences, "Run npm run reference and commit what it writes.");
} else if (problems.length === 0) await writePages(FOLDER, pages);

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`Reference: ${library.modules.length} subpaths, ${pages.size} pages, ${problems.length} problems.`);
