import { join } from "node:path";
import { type Library, readLibrary } from "../../reference/read-library.ts";
import { temporaryTree } from "../temporary-tree.ts";

const compilerOptions = {
  target: "es2023",
  module: "nodenext",
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  types: [],
};

/** A library that has these sources and publishes them all, the index as its root. */
export async function libraryOf(sources: Readonly<Record<string, string>>): Promise<Library> {
  const entries = Object.keys(sources).map((path) => [
    path === "index" ? "." : `./${path}`,
    { "coatcheck-source": `./src/${path}.ts` },
  ]);
  const files = Object.entries(sources).map(([path, text]) => [`src/${path}.ts`, text]);
  const root = await temporaryTree({
    "package.json": JSON.stringify({ name: "library", type: "module", exports: Object.fromEntries(entries) }),
    "tsconfig.json": JSON.stringify({ compilerOptions, include: ["src"] }),
    ...Object.fromEntries(files),
  });
  return readLibrary(root, join(root, "tsconfig.json"));
}
