import { expect, test } from "vitest";
import { contentProblems } from "../../exports/packed-contents.ts";
import { temporaryTree } from "../temporary-tree.ts";
import { soundPackage, sourceMap } from "./sound-package.ts";

type Changes = Readonly<Record<string, string | null>>;

async function problemsOf(changes: Changes): Promise<readonly string[]> {
  const files = Object.entries({ ...soundPackage, ...changes }).filter(
    (file): file is [string, string] => file[1] !== null,
  );
  const folder = await temporaryTree(Object.fromEntries(files));
  const packed = { tarball: "", installation: "", folder, files: files.map(([path]) => path) };
  return await contentProblems(packed, folder);
}

test("has nothing against a complete tarball", async () => {
  expect(await problemsOf({})).toEqual([]);
});

const broken: readonly { name: string; changes: Changes; says: string }[] = [
  { name: "no licence", changes: { LICENSE: null }, says: "LICENSE is not in the tarball." },
  { name: "no README", changes: { "README.md": null }, says: "README.md is not in the tarball." },
  {
    name: "migrations that were left out",
    changes: { "migrations/0001.sql": null },
    says: 'package.json "files" names migrations, but the tarball has nothing of it.',
  },
  {
    name: "a test",
    changes: { "src/one.test.ts": "" },
    says: "src/one.test.ts does not belong in the tarball.",
  },
  {
    name: "a contributor's notes",
    changes: { "src/notes.txt": "" },
    says: "src/notes.txt does not belong in the tarball.",
  },
  {
    name: "the compiler's own notes",
    changes: { "dist/tsconfig.tsbuildinfo": "{}" },
    says: "dist/tsconfig.tsbuildinfo does not belong in the tarball.",
  },
  {
    name: "an output whose source is gone",
    changes: { "dist/renamed.js": "" },
    says: "dist/renamed.js has no source any more. Remove dist and build again.",
  },
  {
    name: "a source map that names the builder's folders",
    changes: { "dist/index.js.map": sourceMap.replace("..", "/home/builder/sound") },
    says: "dist/index.js.map names a place on the machine that built it: /home/builder/sound/src/index.ts",
  },
  {
    name: "a source map that names them by an address",
    changes: { "dist/index.js.map": sourceMap.replace("..", "file:///home/builder/sound") },
    says: "dist/index.js.map names a place on the machine that built it: file:///home/builder/sound/src/index.ts",
  },
  {
    name: "a source map that leads nowhere",
    changes: { "dist/index.js.map": sourceMap.replace("index", "gone") },
    says: "dist/index.js.map leads to src/gone.ts, which is not in the tarball; 1 in all.",
  },
];

test.each(broken)("reports $name", async ({ changes, says }) => {
  expect(await problemsOf(changes)).toEqual([says]);
});
