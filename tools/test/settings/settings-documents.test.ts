import { expect, test } from "vitest";
import { jsonText } from "../../settings/json-text.ts";
import { tablesIn, withTables } from "../../settings/settings-documents.ts";

const tables = new Map([["coats", (linkTo: (path: string) => string) => `| [More](${linkTo("docs/hooks.md")}) |`]]);

const document = (path: string, between: string) => ({
  path,
  text: `# Coats\n\n<!-- settings: coats -->\n${between}<!-- settings: end -->\n\nThe end.\n`,
});

test("a table is written between its markers, with links from the folder of the document", () => {
  const written = withTables(document("docs/guide/coats.md", ""), tables);
  expect(written).toBe(document("", "\n| [More](../hooks.md) |\n\n").text);
  expect(withTables({ path: "docs/guide/coats.md", text: written }, tables)).toBe(written);
  expect(withTables(document("README.md", "old\n"), tables)).toBe(document("", "\n| [More](docs/hooks.md) |\n\n").text);
});

test("a table that the code does not have stays as it is, and is named", () => {
  const hats = { path: "README.md", text: "<!-- settings: hats -->\nold\n<!-- settings: end -->\n" };
  expect(withTables(hats, tables)).toBe(hats.text);
  expect(tablesIn(hats)).toEqual(["hats"]);
});

test("JSON is written as the formatter has it", () => {
  expect(jsonText({ a: [], b: ["x", 1], c: [{ d: true }], e: {} })).toBe(
    `{
  "a": [],
  "b": ["x", 1],
  "c": [
    {
      "d": true
    }
  ],
  "e": {}
}
`,
  );
});
