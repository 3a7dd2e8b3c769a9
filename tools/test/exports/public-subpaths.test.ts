import { expect, test } from "vitest";
import { publicSubpaths, subpathProblems } from "../../exports/public-subpaths.ts";
import { temporaryTree } from "../temporary-tree.ts";
import { entry, manifestWith, soundPackage } from "./sound-package.ts";

async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await temporaryTree(files);
  return await subpathProblems(folder, await publicSubpaths(folder));
}

test("has nothing against subpaths that are files", async () => {
  expect(await problemsOf(soundPackage)).toEqual([]);
});

test("takes a folder's index for the folder's subpath", async () => {
  const files = { "src/testing/index.ts": "", "dist/testing/index.d.ts": "", "dist/testing/index.js": "" };
  const changes = { ...files, ...manifestWith({ "./testing": entry("testing/index") }) };
  expect(await problemsOf({ ...soundPackage, ...changes })).toEqual([]);
});

const broken: readonly { name: string; changes: Readonly<Record<string, string>>; says: string }[] = [
  {
    name: "a subpath without a file",
    changes: manifestWith({ "./stores/redis": entry("stores/redis") }),
    says: "./stores/redis: there is no src/stores/redis.ts.",
  },
  {
    name: "a subpath that leads to another file",
    changes: { ...manifestWith({ "./first": entry("second") }), "src/first.ts": "", "src/second.ts": "" },
    says: './first: write {"coatcheck-source":"./src/first.ts",',
  },
  {
    name: "conditions in an order in which one is never reached",
    changes: { ...manifestWith({ "./first": { default: "./dist/first.js", ...entry("first") } }), "src/first.ts": "" },
    says: './first: write {"coatcheck-source":"./src/first.ts",',
  },
  {
    name: "a store that is not published",
    changes: { "src/stores/redis.ts": "" },
    says: "src/stores/redis.ts is where users look, but package.json does not export it.",
  },
  {
    name: "a folder's index that is not published",
    changes: { "src/testing/index.ts": "" },
    says: "src/testing/index.ts is where users look, but package.json does not export it.",
  },
];

test.each(broken)("reports $name", async ({ changes, says }) => {
  const problems = await problemsOf({ ...soundPackage, ...changes });
  expect(problems.map((problem) => problem.slice(0, says.length))).toEqual([says]);
});

test("reports a file that was not built", async () => {
  const { "dist/stores/memory.js": _, ...files } = soundPackage;
  expect(await problemsOf(files)).toEqual(["./stores/memory: ./dist/stores/memory.js is missing. Run npm run build."]);
});
