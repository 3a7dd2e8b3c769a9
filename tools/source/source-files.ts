import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export interface SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

const ignoredFolders = new Set(["node_modules", "dist", "coverage"]);

/** Every file below the named folders whose name matches, in path order. A folder that is absent has none. */
export async function readSourceFiles(
  root: string,
  folders: readonly string[],
  name: RegExp,
): Promise<readonly SourceFile[]> {
  const paths: string[] = [];
  for (const folder of folders) paths.push(...(await filesBelow(root, folder)));
  const wanted = paths.filter((path) => name.test(path)).sort();
  return await Promise.all(wanted.map(async (path) => ({ path, text: await readFile(join(root, path), "utf8") })));
}

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const visible = entries.filter((entry) => !entry.name.startsWith(".") && !ignoredFolders.has(entry.name));
  const nested = visible.map(async (entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? await filesBelow(root, path) : [path];
  });
  return (await Promise.all(nested)).flat();
}
