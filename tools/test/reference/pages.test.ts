import { expect, test } from "vitest";
import { referencePages } from "../../reference/pages.ts";
import { coatsPage } from "./coats-page.ts";
import { coats, index } from "./coats-sources.ts";
import { libraryOf } from "./library-tree.ts";

test("a page says what its sources say, in their order and with links", async () => {
  const library = await libraryOf({ index, coats });
  expect(library.complaints).toEqual([]);
  const pages = referencePages(library, new Set(["coat_gone"]));
  expect(pages.get("coats.md")).toBe(coatsPage);
});

test("the index lists the subpaths, and each has its page, from where links lead to the others", async () => {
  const inner = `/** Coats of \`library/coats\`, further in. @module */\n\n/** See \`Hooks.count\`. */\nexport const one = 1;\n`;
  const pages = referencePages(await libraryOf({ index, coats, "rooms/inner": inner }), new Set());
  expect([...pages.keys()]).toEqual(["README.md", "library.md", "coats.md", "rooms/inner.md"]);
  expect(pages.get("README.md")).toContain(`
| import | what it is |
|---|---|
| [\`library\`](library.md) | Coats and hooks. |
| [\`library/coats\`](coats.md) | Coats alone. |
| [\`library/rooms/inner\`](rooms/inner.md) | Coats of [\`library/coats\`](coats.md), further in. |
`);
  expect(pages.get("library.md")).toContain(
    "Described elsewhere: [`CoatError`](coats.md#coaterror), [`CoatRack`](coats.md#coatrack)\n",
  );
  expect(pages.get("rooms/inner.md")).toContain(
    "[Reference](../README.md) · [packages/coatcheck/src/rooms/inner.ts](../../../packages/coatcheck/src/rooms/inner.ts)",
  );
  expect(pages.get("rooms/inner.md")).toContain("See [`Hooks.count`](../coats.md#hookscount).");
});

test("what does not compile is complained about", async () => {
  const broken = `/** Broken. @module */\n\n/** A number. */\nexport const count: number = "three";\n`;
  await expect(libraryOf({ index: broken, coats })).rejects.toThrow(/'string' is not assignable to type 'number'/);
});

test("a link to nothing is complained about", async () => {
  const linking = `/** Links. @module */\n\n/** See {@link Nowhere}. */\nexport const count = 3;\n`;
  expect((await libraryOf({ index: linking, coats })).complaints).toEqual([expect.stringContaining("Nowhere")]);
});
