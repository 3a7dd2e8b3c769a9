import { join } from "node:path";
import { publicSubpaths } from "../exports/public-subpaths.ts";
import { parseSource } from "../source/parsed-source.ts";
import { readSourceFiles } from "../source/source-files.ts";
import { unitImportProblems } from "../tests/unit-imports.ts";
import { twiceExported } from "./exported-twice.ts";
import { sizeProblems } from "./file-sizes.ts";
import { edgesOf, importProblems } from "./import-rules.ts";
import { folders, layers } from "./layer-table.ts";
import { sourceProblems } from "./source-rules.ts";

export interface LayerReport {
  readonly files: number;
  readonly imports: number;
  readonly problems: readonly string[];
}

/** Holds every source file of the repository at `root` to the dependency rule and to the rules for source files. */
export async function checkLayers(root: string): Promise<LayerReport> {
  const files = await readSourceFiles(root, folders, /\.[cm]?[jt]sx?$/);
  const subpaths = await publicSubpaths(join(root, "packages/coatcheck"));
  const published = new Set(subpaths.map(({ specifier }) => specifier));
  const parsed = files.map(parseSource);
  const edges = parsed.map(edgesOf);
  return {
    files: files.length,
    imports: edges.flat().length,
    problems: [
      ...parsed.flatMap(({ fileName }, index) => importProblems(fileName, edges[index] ?? [], layers, published)),
      ...sizeProblems(files),
      ...parsed.flatMap(sourceProblems),
      ...twiceExported(parsed),
      ...unitImportProblems(edges.flat()),
    ],
  };
}
