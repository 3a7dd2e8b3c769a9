import { expect, test } from "vitest";
import type { Rule } from "../../rules/rule.ts";
import { ruleDocument, rulesAndTestsOf } from "../../rules/rule-document.ts";

const rule: Rule = {
  rule: "A row | stays a row, and <b> is text.",
  source: "packages/a/src/store.ts",
  within: "Store.update",
  replace: "if (gone) return false;",
  with: "",
  tests: "packages/a/test/store.test.ts",
  testName: "updates > of a session that is gone change nothing",
};

test("a page has a row for each rule, below the file that keeps it", () => {
  const page = ruleDocument([
    { rule, caught: true, message: "expected true to be false" },
    { rule: { ...rule, source: "packages/a/src/other.ts" }, caught: true, message: "expected `a | b`" },
  ]);
  expect(page.split("\n").filter((line) => line.startsWith("#"))).toEqual([
    expect.stringMatching(/^# /),
    "## `packages/a/src/store.ts`",
    "## `packages/a/src/other.ts`",
  ]);
  expect(page).toContain(
    "| A row \\| stays a row, and &lt;b> is text. | `packages/a/test/store.test.ts`<br>" +
      "updates > of a session that is gone change nothing | `expected true to be false` |",
  );
  expect(page).toContain("| `` expected `a \\| b` `` |");
});

test("two pages list the same rules and tests although the tests printed something else", () => {
  const [before, after] = ["expected 1 to be 2", "expected 3 | 4 to be 5"].map((message) =>
    rulesAndTestsOf(ruleDocument([{ rule, caught: true, message }])),
  );
  expect(before).toHaveLength(1);
  expect(after).toEqual(before);
});

test("two pages differ if a rule or its test does", () => {
  const page = rulesAndTestsOf(ruleDocument([{ rule, caught: true, message: "no" }]));
  for (const other of [{ rule: "Another." }, { testName: "another" }, { tests: "another.test.ts" }]) {
    expect(rulesAndTestsOf(ruleDocument([{ rule: { ...rule, ...other }, caught: true, message: "no" }]))).not.toEqual(
      page,
    );
  }
});
