import { expect, test } from "vitest";
import { sizeProblems } from "../../layers/file-sizes.ts";

function ofLines(path: string, lines: number) {
  return { path, text: "export const a = 1;\n".repeat(lines) };
}

test.each([
  ["packages/coatcheck/src/a.ts", 300],
  ["tools/layers/a.ts", 300],
  ["apps/gateway/test/support/a.ts", 500],
  ["e2e/test/a.test.ts", 500],
])("%s may have %i lines, and no more", (path, maximum) => {
  expect(sizeProblems([ofLines(path, maximum)], {})).toEqual([]);
  expect(sizeProblems([ofLines(path, maximum + 1)], {})).toEqual([
    `${path}: ${maximum + 1} lines. Split a file at ${maximum}.`,
  ]);
});

test("a test that is on the list may be longer, and a source may not", () => {
  const exceptions = { "e2e/test/a.test.ts": "one story", "tools/a.ts": "no reason counts" };
  const files = [ofLines("e2e/test/a.test.ts", 501), ofLines("tools/a.ts", 301)];
  expect(sizeProblems(files, exceptions)).toEqual(["tools/a.ts: 301 lines. Split a file at 300."]);
});

test("what is on the list and not too long, or not there, comes off it", () => {
  const exceptions = { "e2e/test/a.test.ts": "one story" };
  const needless = ["e2e/test/a.test.ts is not too long. Take it off the list in tools/layers/file-sizes.ts."];
  expect(sizeProblems([ofLines("e2e/test/a.test.ts", 500)], exceptions)).toEqual(needless);
  expect(sizeProblems([], exceptions)).toEqual(needless);
});
