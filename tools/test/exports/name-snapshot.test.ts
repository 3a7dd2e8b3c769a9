import { expect, test } from "vitest";
import { snapshotDifferences, takeSnapshot } from "../../exports/name-snapshot.ts";
import { publicSubpaths } from "../../exports/public-subpaths.ts";
import { temporaryTree } from "../temporary-tree.ts";
import { soundPackage } from "./sound-package.ts";

test("lists the names of each subpath in alphabetical order, whatever the order of the declarations", async () => {
  const folder = await temporaryTree({
    ...soundPackage,
    "dist/index.d.ts": "export type Zeta = 1;\nexport declare const beta: 1;\nexport interface Alpha {\n}\n",
  });
  const snapshot = await takeSnapshot(folder, await publicSubpaths(folder));
  expect(JSON.stringify(snapshot)).toBe(
    '{"sound":{"Alpha":"type","Zeta":"type","beta":"value"},"sound/stores/memory":{"Store":"value"}}',
  );
});

test("names the file whose exports cannot be read", async () => {
  const folder = await temporaryTree({ ...soundPackage, "dist/index.d.ts": `export * from "./a.ts";\n` });
  await expect(takeSnapshot(folder, await publicSubpaths(folder))).rejects.toThrow("./dist/index.d.ts: line 1: name");
});

test("shows what went, what came, and what changed its kind", () => {
  const reviewed = { one: { Gone: "type", Kept: "type", Turned: "type" }, two: { Moved: "value" } } as const;
  const actual = { one: { Kept: "type", New: "value", Turned: "value" }, three: { Moved: "value" } } as const;
  expect(snapshotDifferences(reviewed, actual)).toEqual([
    "- one: type Gone",
    "- one: type Turned",
    "- two: value Moved",
    "+ one: value New",
    "+ one: value Turned",
    "+ three: value Moved",
  ]);
});
