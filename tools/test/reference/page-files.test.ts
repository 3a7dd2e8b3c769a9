import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { pageDifferences, writePages } from "../../reference/page-files.ts";
import { temporaryTree } from "../temporary-tree.ts";

const pages = new Map([
  ["README.md", "# Reference\n\nAll.\n"],
  ["stores/memory.md", "# Memory\n"],
]);

test("writes the pages into a folder that is not there, and finds them current", async () => {
  const folder = join(await temporaryTree({}), "reference");
  await writePages(folder, pages);
  expect(await readFile(join(folder, "stores/memory.md"), "utf8")).toBe("# Memory\n");
  expect(await pageDifferences(folder, pages)).toEqual([]);
});

test("removes a page that is about nothing any more, and leaves what is no page", async () => {
  const folder = await temporaryTree({ "stores/gone.md": "# Gone\n", "stores/picture.svg": "<svg/>" });
  await writePages(folder, pages);
  await expect(readFile(join(folder, "stores/gone.md"))).rejects.toThrow("ENOENT");
  expect(await readFile(join(folder, "stores/picture.svg"), "utf8")).toBe("<svg/>");
});

test("says which pages are missing, too many, or different, and from which line on", async () => {
  const folder = await temporaryTree({ "README.md": "# Reference\n\nSome.\n", "gone.md": "# Gone\n" });
  expect(await pageDifferences(folder, pages)).toEqual([
    `${folder}/README.md:3 is not what the sources say.`,
    `${folder}/gone.md is about nothing that is published.`,
    `${folder}/stores/memory.md is missing.`,
  ]);
});

test.each([
  { found: "# Reference\n\nAll.\nMore.\n", line: 4 },
  { found: "# Reference\n", line: 3 },
])("notices that a page is longer or shorter: line $line", async ({ found, line }) => {
  const folder = await temporaryTree({ "README.md": found });
  const [difference] = await pageDifferences(folder, new Map([["README.md", "# Reference\n\nAll.\n"]]));
  expect(difference).toBe(`${folder}/README.md:${line} is not what the sources say.`);
});
