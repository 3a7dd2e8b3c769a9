import { expect, test } from "vitest";
import { surfaceProblems } from "../../exports/surface-size.ts";

const snapshot = { sound: { one: "value", two: "value" }, "sound/three": { three: "type", four: "type" } } as const;

test("a surface within its limits is no problem", () => {
  expect(surfaceProblems(snapshot, { subpaths: 2, rootNames: 2 })).toEqual([]);
});

test("too many subpaths and too many names of the root are named with their limits", () => {
  expect(surfaceProblems(snapshot, { subpaths: 1, rootNames: 1 })).toEqual([
    "There are 2 subpaths, and at most 1 are allowed.",
    "sound exports 2 names, and at most 1 are allowed.",
  ]);
});
