import { join } from "node:path";
import { publicSubpaths } from "../exports/public-subpaths.ts";
import { readSourceFiles } from "../source/source-files.ts";
import { importCycles } from "./import-cycles.ts";
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
  const edges = files.flatMap(edgesOf);
  const subpaths = await publicSubpaths(join(root, "packages/coatcheck"));
  const published = new Set(subpaths.map(({ specifier }) => specifier));
  const loading = importCycles(edges.filter((edge) => !edge.typeOnly));
  const known = new Set(loading.flat());
  const describing = importCycles(edges).filter((cycle) => !cycle.some((path) => known.has(path)));
  return {
    files: files.length,
    imports: edges.length,
    problems: [
      ...files.flatMap(({ path }) => {
        const own = edges.filter((edge) => edge.from === path);
        return importProblems(path, own, layers, published);
      }),
      ...loading.map((cycle) => `These import one another in a circle: ${cycle.join(" → ")}`),
      ...describing.map((cycle) => `These import one another's types in a circle: ${cycle.join(" → ")}`),
      ...files.flatMap(sourceProblems),
    ],
  };
}
