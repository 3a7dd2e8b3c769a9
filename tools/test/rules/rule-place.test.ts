import { expect, test } from "vitest";
import type { Rule } from "../../rules/rule.ts";
import { findRule, textWithout } from "../../rules/rule-place.ts";

const text = `
// if (gone) return false;
export class Store {
  update(gone: boolean) {
    if (gone) return false;
    this.#tell(
      gone,
      1,
    );
    return true;
  }

  delete(gone: boolean) {
    if (gone) return false;
    return true;
  }

  #deleteOld() {
    return [1, 1];
  }
}
`;
const rule: Rule = {
  rule: "An update of what is gone is false.",
  source: "packages/a/src/store.ts",
  within: "Store.update",
  replace: "if (gone) return false;",
  with: "",
  tests: "packages/a/test/store.test.ts",
  testName: "gone",
};

test("the code is taken out of the named method, although another one has it too", () => {
  const without = textWithout(rule, text);
  expect(without).toContain("update(gone: boolean) {\n    \n    this.#tell(");
  expect(without).toContain("delete(gone: boolean) {\n    if (gone) return false;\n");
});

test("code is found however the formatter breaks its lines", () => {
  const moved = { ...rule, replace: "this.#tell( gone, 1, );\nreturn true;", with: "return false;" };
  expect(textWithout(moved, text)).toContain("if (gone) return false;\n    return false;\n  }\n\n  delete");
});

test("the line before is left alone, which may end in a comment", () => {
  const after = "function a() {\n  // why\n  b();\n  c();\n}";
  expect(textWithout({ ...rule, within: "a", replace: "    b();\n", with: "" }, after)).toBe(
    "function a() {\n  // why\n  \n  c();\n}",
  );
});

test("what takes the place of code is written as it is, dollars and all", () => {
  expect(textWithout({ ...rule, with: "$& $1" }, text)).toContain("{\n    $& $1\n    this.#tell");
});

test("code of a neighbour does not count", () => {
  expect(findRule({ ...rule, within: "Store.#deleteOld" }, text)).toEqual({ outcome: "code_not_once", times: 0 });
});

test("code that is there twice is not clear", () => {
  const twice = { ...rule, within: "Store.#deleteOld", replace: "1" };
  expect(findRule(twice, text)).toEqual({ outcome: "code_not_once", times: 2 });
  expect(() => textWithout(twice, text)).toThrow(rule.rule);
});

test("a name that is gone is told with the names like it: the same method of another class first", () => {
  const similar = (within: string) => findRule({ ...rule, within }, text);
  expect(similar("MemoryStore.delete")).toEqual({
    outcome: "name_missing",
    similar: ["Store.delete", "Store.#deleteOld", "Store", "Store.update"],
  });
  expect(similar("visit")).toEqual({ outcome: "name_missing", similar: [] });
});
