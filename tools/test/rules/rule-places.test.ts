import { resolve } from "node:path";
import { expect, test } from "vitest";
import { allRules } from "../../rules/all-rules.ts";
import type { Rule } from "../../rules/rule.ts";
import { problemsWithPlaces } from "../../rules/rule-places.ts";
import { temporaryTree } from "../temporary-tree.ts";

const source = "packages/library/src/store.ts";
const rule: Rule = {
  rule: "What is gone stays gone.",
  source,
  within: "Store.update",
  replace: "if (gone) return false;",
  with: "",
  tests: "packages/library/test/store.test.ts",
  testName: "gone",
};

async function problemsOf(files: Record<string, string>): Promise<readonly string[]> {
  return await problemsWithPlaces(await temporaryTree(files), [rule]);
}

const method = "update(gone) { if (gone) return false; }";

test("the code of every rule is in the function that the rule names", async () => {
  expect(await problemsWithPlaces(resolve(import.meta.dirname, "../../.."), allRules)).toEqual([]);
});

test("a rule that is found is no problem", async () => {
  expect(await problemsOf({ [source]: `class Store { ${method} }` })).toEqual([]);
});

const write =
  "Write into `source` and `within` which function keeps the rule now.\n  The rule: What is gone stays gone.";

test("a function that is gone is told, with what the file has instead", async () => {
  expect(await problemsOf({ [source]: `class Shop { ${method} }` })).toEqual([
    `${source} has no Store.update. It has Shop.update. ${write}`,
  ]);
});

test("a function that was moved is found where it is now, also when its file is gone", async () => {
  const moved = "packages/library/src/stores/memory.ts";
  expect(await problemsOf({ [moved]: `class Store { ${method} }` })).toEqual([
    `There is no ${source}. Store.update is in ${moved}. ${write}`,
  ]);
});

test("code that changed is told with what the rule looks for", async () => {
  expect(await problemsOf({ [source]: "class Store { update(gone) { return !gone; } }" })).toEqual([
    `Store.update in ${source} does not have the code of this rule. Write into \`replace\` what is there once. It says:\n` +
      "if (gone) return false;\n  The rule: What is gone stays gone.",
  ]);
});
