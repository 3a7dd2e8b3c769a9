import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { loadingProblems } from "../../exports/loaded-names.ts";
import { withPackedLibrary } from "../../exports/packed-library.ts";
import { temporaryTree } from "../temporary-tree.ts";
import { soundPackage } from "./sound-package.ts";

test("packs what npm would publish, and leaves nothing behind", async () => {
  const folder = await temporaryTree({ ...soundPackage, "notes.txt": "not listed in files" });
  const { tarball, files } = await withPackedLibrary(folder, async (library) => library);
  expect(files).toEqual(
    Object.keys(soundPackage)
      .filter((file) => file !== "snapshot.json")
      .sort(),
  );
  expect(existsSync(tarball)).toBe(false);
});

const promised = { sound: { one: "value", Two: "type" }, "sound/stores/memory": { Store: "value" } } as const;
const broken = [
  {
    name: "a declared value that is not there, and one that is not declared",
    changes: { "dist/index.js": "export const uno = 1;\n" },
    says: ["sound: one is declared, but not there.", "sound: uno is there, but not declared."],
  },
  {
    name: "a module that is loaded but does not come with the library",
    changes: { "dist/stores/memory.js": `import "better-sqlite3";\nexport class Store {\n}\n` },
    says: [
      "sound/stores/memory cannot be loaded by itself: " +
        "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'better-sqlite3'",
    ],
  },
  {
    name: "a file that was left out",
    changes: { "dist/index.js": `import "../test/helper.js";\nexport const one = 1;\n`, "test/helper.js": "" },
    says: ["sound cannot be loaded by itself: Error [ERR_MODULE_NOT_FOUND]: Cannot find module"],
  },
] as const;

test.each(broken)("finds $name", async ({ changes, says }) => {
  const folder = await temporaryTree({ ...soundPackage, ...changes });
  const problems = await withPackedLibrary(folder, async (library) => await loadingProblems(library, promised));
  expect(problems.map((problem, index) => problem.slice(0, says[index]?.length))).toEqual(says);
});

test("what it declares is installed beside it", async () => {
  const folder = await temporaryTree({
    ...soundPackage,
    "package.json": soundPackage["package.json"].replace('"exports":', '"dependencies":{"told":"1.0.0"},"exports":'),
    "node_modules/told/package.json": JSON.stringify({ name: "told", type: "module", exports: "./index.js" }),
    "node_modules/told/index.js": "",
    "dist/stores/memory.js": `import "told";\nexport class Store {\n}\n`,
  });
  expect(await withPackedLibrary(folder, async (library) => await loadingProblems(library, promised))).toEqual([]);
});
