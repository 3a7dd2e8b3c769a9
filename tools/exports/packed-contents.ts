import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import type { PackedLibrary } from "./packed-library.ts";

const required = ["LICENSE", "README.md", "package.json"];

/**
 * What is wrong with the files in the tarball: some are missing, some should not be there, some are left over from
 * sources that are gone, and source maps lead nowhere.
 */
export async function contentProblems(library: PackedLibrary, packageFolder: string): Promise<readonly string[]> {
  const { folder, files } = library;
  const manifest: { files: readonly string[] } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const promised = manifest.files.filter((entry) => !entry.startsWith("!"));
  return [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is not in the tarball.`),
    ...promised
      .filter((entry) => !files.some((file) => file.startsWith(`${entry}/`)))
      .map((entry) => `package.json "files" names ${entry}, but the tarball has nothing of it.`),
    ...files.filter(isUnwanted).map((file) => `${file} does not belong in the tarball.`),
    ...files
      .filter((file) => isLeftOver(file, packageFolder))
      .map((file) => `${file} has no source any more. Remove dist and build again.`),
    ...(await mapProblems(library)),
  ];
}

function isUnwanted(file: string): boolean {
  if (file.startsWith("src/") && !file.endsWith(".ts")) return true;
  return /(?:^|\/)(?:test|tests|fixtures)\/|\.test\.|\.tsbuildinfo$|(?:^|\/)\.env|\.log$/.test(file);
}

/** An output of the compiler whose source was renamed or deleted: the compiler leaves it where it is. */
function isLeftOver(file: string, packageFolder: string): boolean {
  const source = /^dist\/(.*)\.js$/.exec(file)?.[1];
  return source !== undefined && !existsSync(join(packageFolder, "src", `${source}.ts`));
}

/** Maps whose sources are on the builder's machine alone, or missing from the tarball. */
async function mapProblems({ folder, files }: PackedLibrary): Promise<readonly string[]> {
  const maps = files.filter((file) => file.endsWith(".map"));
  const mapped = (await Promise.all(maps.map(async (map) => await sourcesOf(folder, map)))).flat();
  const missing = mapped
    .filter(({ source }) => !isAbsolute(source))
    .map(({ map, source }) => ({ map, target: posix.join(posix.dirname(map), source) }))
    .filter(({ target }) => !files.includes(target));
  const [first] = missing;
  return [
    ...mapped
      .filter(({ source }) => isAbsolute(source))
      .map(({ map, source }) => `${map} names a place on the machine that built it: ${source}`),
    ...(first === undefined
      ? []
      : [`${first.map} leads to ${first.target}, which is not in the tarball; ${missing.length} in all.`]),
  ];
}

function isAbsolute(source: string): boolean {
  return /^(?:[/\\]|[a-z]+:)/i.test(source);
}

interface MappedSource {
  readonly map: string;
  /** As the map has it: relative to the map, unless something is wrong. */
  readonly source: string;
}

async function sourcesOf(folder: string, map: string): Promise<readonly MappedSource[]> {
  const content: { sources: readonly string[]; sourceRoot?: string } = JSON.parse(
    await readFile(join(folder, map), "utf8"),
  );
  return content.sources.map((source) => ({ map, source: `${content.sourceRoot ?? ""}${source}` }));
}
