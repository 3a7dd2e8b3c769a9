import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** One entry of the library's package.json "exports". */
export interface PublicSubpath {
  /** As in package.json: "." or "./stores/memory". */
  readonly subpath: string;
  /** As users import it: "coatcheck" or "coatcheck/stores/memory". */
  readonly specifier: string;
  readonly conditions: Readonly<Record<string, string>>;
}

export async function publicSubpaths(packageFolder: string): Promise<readonly PublicSubpath[]> {
  const manifest: { name: string; exports: Record<string, string | Record<string, string>> } = JSON.parse(
    await readFile(join(packageFolder, "package.json"), "utf8"),
  );
  return Object.entries(manifest.exports).flatMap(([subpath, conditions]) =>
    typeof conditions === "string" ? [] : [{ subpath, specifier: `${manifest.name}${subpath.slice(1)}`, conditions }],
  );
}

/**
 * Where the list of subpaths and the folder tree differ. Path = subpath = file: `./stores/memory` is
 * `src/stores/memory.ts` and nothing else; a folder's subpath is its `index.ts`, and an adapter's is the name of its
 * framework alone. And every file that stands where
 * users are to look for one is published.
 */
export async function subpathProblems(
  packageFolder: string,
  subpaths: readonly PublicSubpath[],
): Promise<readonly string[]> {
  const problems = subpaths.flatMap(({ subpath, conditions }) => {
    const path = [subpath.slice(2), join(subpath, "index"), join("adapters", subpath)].find((name) =>
      existsSync(join(packageFolder, "src", `${name}.ts`)),
    );
    if (path === undefined) return [`${subpath}: there is no src/${subpath.slice(2)}.ts.`];
    const expected = {
      "coatcheck-source": `./src/${path}.ts`,
      types: `./dist/${path}.d.ts`,
      default: `./dist/${path}.js`,
    };
    if (JSON.stringify(conditions) !== JSON.stringify(expected)) {
      return [`${subpath}: write ${JSON.stringify(expected)}, in this order.`];
    }
    return Object.values(expected).flatMap((file) =>
      existsSync(join(packageFolder, file)) ? [] : [`${subpath}: ${file} is missing. Run npm run build.`],
    );
  });
  const listed = new Set(subpaths.map(({ conditions }) => conditions["coatcheck-source"]));
  const unlisted = (await publicFiles(packageFolder)).filter((file) => !listed.has(`./${file}`));
  return [...problems, ...unlisted.map((file) => `${file} is where users look, but package.json does not export it.`)];
}

/** Files that users look for by their place: the index, each folder's index, each store and each adapter. */
async function publicFiles(packageFolder: string): Promise<readonly string[]> {
  const files = await readdir(join(packageFolder, "src"), { recursive: true });
  const paths = files.map((file) => `src/${file.replaceAll("\\", "/")}`);
  return paths.filter((path) => /^src\/(?:[^/]+\/)?index\.ts$|^src\/(?:stores|adapters)\/[^/]+\.ts$/.test(path));
}
