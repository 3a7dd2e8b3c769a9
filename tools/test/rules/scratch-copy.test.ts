import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Rule } from "../../rules/rule.ts";
import { ScratchCopy } from "../../rules/scratch-copy.ts";
import { temporaryTree } from "../temporary-tree.ts";

const source = "packages/library/src/index.ts";
const rule: Rule = { rule: "", source, within: "text", replace: "one", with: "two", tests: "", testName: "" };
const [before, after] = ['const text = "the one and only";', 'const text = "the two and only";'];

async function copyRepository() {
  const repository = await temporaryTree({
    [source]: before,
    "packages/library/dist/index.js": "stale",
    "apps/app/index.ts": "",
    "examples/example/index.ts": "",
    "tools/tests/kinds.ts": "",
    "node_modules/driver/index.js": "a driver",
    "node_modules/@scope/tool/index.js": "a tool",
    "package.json": "{}",
    "vitest.config.ts": "",
    "tsconfig.base.json": "{}",
  });
  await symlink("../packages/library", join(repository, "node_modules/library"));
  const copy = await ScratchCopy.of(repository);
  onTestFinished(() => copy.remove());
  return { repository, copy };
}

function read(root: string, path: string): Promise<string> {
  return readFile(join(root, path), "utf8");
}

test("a rule is taken out of the copy alone, and is back afterwards", async () => {
  const { repository, copy } = await copyRepository();
  const without = await copy.without(rule, async () => [await read(copy.root, source), await read(repository, source)]);
  expect(without).toEqual([after, before]);
  expect(await read(copy.root, source)).toBe(before);
});

test("a rule is back although the trial failed", async () => {
  const { copy } = await copyRepository();
  const failing = copy.without(rule, async () => Promise.reject(new Error("The trial failed.")));
  await expect(failing).rejects.toThrow("The trial failed.");
  expect(await read(copy.root, source)).toBe(before);
});

test("an import of a workspace finds the changed copy, and other packages are the repository's", async () => {
  const { copy } = await copyRepository();
  const found = await copy.without(rule, () => read(copy.root, "node_modules/library/src/index.ts"));
  expect(found).toBe(after);
  expect(await read(copy.root, "node_modules/driver/index.js")).toBe("a driver");
  expect(await read(copy.root, "node_modules/@scope/tool/index.js")).toBe("a tool");
});

test("what was built is left out: it would hide the changed source", async () => {
  const { copy } = await copyRepository();
  await expect(read(copy.root, "packages/library/dist/index.js")).rejects.toThrow("ENOENT");
});

test("nothing is left of a copy that was removed", async () => {
  const { repository, copy } = await copyRepository();
  await copy.remove();
  await expect(read(copy.root, "package.json")).rejects.toThrow("ENOENT");
  expect(await read(repository, source)).toBe(before);
});
