import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Pages by their paths below a folder. */
export type Pages = ReadonlyMap<string, string>;

/** Makes the folder hold these pages and no others. */
export async function writePages(folder: string, pages: Pages): Promise<void> {
  for (const path of (await readPages(folder)).keys()) {
    if (!pages.has(path)) await rm(join(folder, path));
  }
  for (const [path, text] of pages) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Where the folder holds anything else than these pages. */
export async function pageDifferences(folder: string, pages: Pages): Promise<readonly string[]> {
  const committed = await readPages(folder);
  const paths = [...new Set([...pages.keys(), ...committed.keys()])].sort();
  return paths.flatMap((path) => {
    const [expected, found] = [pages.get(path), committed.get(path)];
    if (expected === found) return [];
    if (found === undefined) return [`${folder}/${path} is missing.`];
    if (expected === undefined) return [`${folder}/${path} is about nothing that is published.`];
    return [`${folder}/${path}:${firstDifference(expected, found)} is not what the sources say.`];
  });
}

async function readPages(folder: string): Promise<Pages> {
  const files = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const paths = files.filter((file) => file.endsWith(".md")).map((file) => file.replaceAll("\\", "/"));
  return new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), "utf8")] as const)),
  );
}

/** The number of the first line that differs. */
function firstDifference(expected: string, found: string): number {
  const lines = found.split("\n");
  const index = expected.split("\n").findIndex((line, at) => line !== lines[at]);
  return (index < 0 ? expected.split("\n").length : index) + 1;
}
