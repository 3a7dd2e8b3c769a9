import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publicSubpaths } from "../exports/public-subpaths.ts";
import { anchorsOf } from "./anchors.ts";
import { documentProblems } from "./document-problems.ts";
import { ownFolders, readDocuments } from "./read-documents.ts";

export interface DocumentReport {
  readonly documents: number;
  readonly problems: readonly string[];
}

/** Holds every Markdown document of the repository at `root` to what is there. */
export async function checkDocuments(root: string): Promise<DocumentReport> {
  const documents = await readDocuments(root);
  const manifest: { scripts: Record<string, string> } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const subpaths = await publicSubpaths(join(root, "packages/coatcheck"));
  const anchors = new Map(documents.map(({ path, text }) => [path, anchorsOf(text)]));
  const surroundings = {
    exists: (path: string) => existsSync(join(root, path)),
    anchors: (path: string) => anchors.get(path) ?? null,
    scripts: new Set(Object.keys(manifest.scripts)),
    published: new Set(subpaths.map(({ specifier }) => specifier)),
    folders: await ownFolders(root),
  };
  return {
    documents: documents.length,
    problems: documents.flatMap((document) => documentProblems(document, surroundings)),
  };
}
