import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The library as npm would publish it. */
export interface PackedLibrary {
  readonly tarball: string;
  /** A folder in which nothing but the packed library and the dependencies that it declares is installed. */
  readonly installation: string;
  /** The library in there. */
  readonly folder: string;
  /** Its files, relative to `folder`, with forward slashes. */
  readonly files: readonly string[];
}

/** Packs the library, unpacks it as an installation would, hands it to `inspect`, and leaves nothing behind. */
export async function withPackedLibrary<Result>(
  packageFolder: string,
  inspect: (library: PackedLibrary) => Promise<Result>,
): Promise<Result> {
  const temporary = await mkdtemp(join(tmpdir(), "coatcheck-pack-"));
  try {
    await run("npm", ["pack", "--silent", "--pack-destination", temporary], { cwd: packageFolder });
    const [name] = await readdir(temporary);
    const tarball = join(temporary, name ?? "");
    const installation = join(temporary, "installation");
    const { name: ownName, dependencies = {} } = await readManifest(packageFolder);
    const folder = join(installation, "node_modules", ownName);
    await mkdir(folder, { recursive: true });
    for (const dependency of Object.keys(dependencies)) {
      await symlink(installedFolder(packageFolder, dependency), join(installation, "node_modules", dependency));
    }
    await run("tar", ["--extract", "--gzip", "--file", tarball, "--strip-components=1", "--directory", folder]);
    return await inspect({ tarball, installation, folder, files: await filesBelow(folder) });
  } finally {
    await rm(temporary, { recursive: true });
  }
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

async function readManifest(packageFolder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8"));
}

/** Where a dependency is installed for a package: in the nearest folder upwards that has it. */
function installedFolder(packageFolder: string, dependency: string): string {
  for (let folder = resolve(packageFolder); ; folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", dependency);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new Error(`${dependency} is declared, but not installed.`);
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const kinds = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).isFile()));
  return names
    .filter((_, index) => kinds[index])
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}
