import { readFile, writeFile } from "node:fs/promises";
import { loadingProblems } from "./loaded-names.ts";
import { type NameSnapshot, snapshotDifferences, takeSnapshot } from "./name-snapshot.ts";
import { publintProblems, typeResolutionProblems } from "./package-linters.ts";
import { contentProblems } from "./packed-contents.ts";
import { withPackedLibrary } from "./packed-library.ts";
import { publicSubpaths, subpathProblems } from "./public-subpaths.ts";
import { type SurfaceLimits, surfaceProblems } from "./surface-size.ts";

export interface ExportReport {
  readonly subpaths: number;
  readonly names: number;
  readonly problems: readonly string[];
}

/**
 * Holds the library's public face to its promises: subpaths that match the folder tree, names that were reviewed,
 * and a tarball that installs, loads and type-checks by itself. The library must have been built.
 *
 * @param snapshotFile the reviewed names
 * @param options `update` takes the names as they are now for reviewed: the change to the file is what a reviewer sees.
 *   `limits` hold in either case
 */
export async function checkExports(
  packageFolder: string,
  snapshotFile: string,
  options: { readonly update: boolean; readonly limits?: SurfaceLimits } = { update: false },
): Promise<ExportReport> {
  const subpaths = await publicSubpaths(packageFolder);
  const mismatches = await subpathProblems(packageFolder, subpaths);
  // Names and tarball mean nothing before the files are where they should be.
  if (mismatches.length > 0) return { subpaths: subpaths.length, names: 0, problems: mismatches };

  const actual = await takeSnapshot(packageFolder, subpaths);
  if (options.update) await writeFile(snapshotFile, `${JSON.stringify(actual, null, 2)}\n`);
  const differences = snapshotDifferences(await readSnapshot(snapshotFile), actual);
  const excess = options.limits === undefined ? [] : surfaceProblems(actual, options.limits);
  const packed = await withPackedLibrary(packageFolder, async (library) => {
    const checks = [
      contentProblems(library, packageFolder),
      loadingProblems(library, actual),
      publintProblems(library),
      typeResolutionProblems(library),
    ];
    return (await Promise.all(checks)).flat();
  });
  const names = Object.values(actual).reduce((total, list) => total + Object.keys(list).length, 0);
  return { subpaths: subpaths.length, names, problems: [...differences, ...excess, ...packed] };
}

async function readSnapshot(snapshotFile: string): Promise<NameSnapshot> {
  try {
    return JSON.parse(await readFile(snapshotFile, "utf8"));
  } catch (cause) {
    throw new Error(`${snapshotFile} cannot be read. Write it with npm run check:exports -- --update.`, { cause });
  }
}
