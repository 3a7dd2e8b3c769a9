import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSourceFiles, type SourceFile } from "../source/source-files.ts";

/** Every Markdown document of the repository at `root`. */
export async function readDocuments(root: string): Promise<readonly SourceFile[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".md")).map(({ name }) => name);
  const atRoot = names.sort().map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") }));
  return [...(await Promise.all(atRoot)), ...(await readSourceFiles(root, await ownFolders(root), /\.md$/))];
}

/** The folders at the root that are the repository's own. */
export async function ownFolders(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return folders.filter((name) => !name.startsWith(".") && name !== "node_modules");
}
