import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkExports } from "../../exports/library-exports.ts";
import { temporaryTree } from "../temporary-tree.ts";
import { entry, manifestWith, soundPackage } from "./sound-package.ts";

test("has nothing against a sound package, and counts what it looked at", async () => {
  const folder = await temporaryTree(soundPackage);
  expect(await checkExports(folder, join(folder, "snapshot.json"))).toEqual({ subpaths: 2, names: 3, problems: [] });
});

test("reports wrong subpaths alone, because all else depends on them", async () => {
  const changes = { ...manifestWith({ "./stores/redis": entry("stores/redis") }), "dist/index.d.ts": "" };
  const folder = await temporaryTree({ ...soundPackage, ...changes });
  const { problems } = await checkExports(folder, join(folder, "snapshot.json"));
  expect(problems).toEqual(["./stores/redis: there is no src/stores/redis.ts."]);
});

test("reports what each of its checks finds", async () => {
  const changes = {
    "dist/index.d.ts": `export declare const uno = 1;\nexport type { Two } from "./gone.js";\n`,
    "dist/index.js": "module.exports = { one: 1 };\n",
    "dist/left-over.js": "export {};\n",
  };
  const folder = await temporaryTree({ ...soundPackage, ...changes });
  const { problems } = await checkExports(folder, join(folder, "snapshot.json"));
  const expected = [
    "- sound: value one",
    "+ sound: value uno",
    "dist/left-over.js has no source",
    "sound cannot be loaded",
    "publint: ",
    "arethetypeswrong: ",
  ];
  expect(problems.map((problem, index) => problem.slice(0, expected[index]?.length))).toEqual(expected);
});

test("takes the names as they are now for reviewed when asked to", async () => {
  const folder = await temporaryTree(soundPackage);
  const snapshot = join(folder, "snapshot.json");
  await rm(snapshot);
  await expect(checkExports(folder, snapshot)).rejects.toThrow("--update");

  await checkExports(folder, snapshot, { update: true });
  expect(JSON.parse(await readFile(snapshot, "utf8"))).toEqual(JSON.parse(soundPackage["snapshot.json"]));
});
