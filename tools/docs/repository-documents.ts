import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { publicSubpaths } from "../exports/public-subpaths.ts";
import { readSourceFiles, type SourceFile } from "../source/source-files.ts";
import { documentProblems } from "./document-problems.ts";

export interface DocumentReport {
  readonly documents: number;
  readonly problems: readonly string[];
}

/** Holds every Markdown document of the repository at `root` to what is there. */
export async function checkDocuments(root: string): Promise<DocumentReport> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const ownFolders = folders.filter((name) => !name.startsWith(".") && name !== "node_modules");
  const documents = [
    ...(await rootDocuments(
      root,
      entries.filter((entry) => entry.isFile()).map(({ name }) => name),
    )),
    ...(await readSourceFiles(root, ownFolders, /\.md$/)),
  ];
  const manifest: { scripts: Record<string, string> } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const subpaths = await publicSubpaths(join(root, "packages/coatcheck"));
  const surroundings = {
    exists: (path: string) => existsSync(join(root, path)),
    scripts: new Set(Object.keys(manifest.scripts)),
    published: new Set(subpaths.map(({ specifier }) => specifier)),
    folders: ownFolders,
  };
  return {
    documents: documents.length,
    problems: documents.flatMap((document) => documentProblems(document, surroundings)),
  };
}

async function rootDocuments(root: string, names: readonly string[]): Promise<readonly SourceFile[]> {
  const paths = names.filter((name) => name.endsWith(".md")).sort();
  return await Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })));
}
