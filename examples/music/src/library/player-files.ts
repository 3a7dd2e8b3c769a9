import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface PlayerFile {
  readonly body: Buffer;
  readonly contentType: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** This file is in `src` or in `dist`; either way the package is two folders above. */
const PACKAGE = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Reads the player page and all it needs into memory, once: few and small, and a path from a request then never meets
 * the disk. Page and styles are as they were written, scripts as they were compiled. What is others' is not bundled:
 * browsers get the very files that the library ships as `coatcheck/client` and the gateway's pages have for their looks.
 *
 * @throws Error if it is not built
 */
export async function loadPlayerFiles(): Promise<ReadonlyMap<string, PlayerFile>> {
  const require = createRequire(import.meta.url);
  const library = dirname(require.resolve("coatcheck/package.json"));
  try {
    const files = [
      ...(await filesIn(join(PACKAGE, "src/player"))),
      ...(await filesIn(join(PACKAGE, "dist/player"))),
      ["coatcheck-client.js", join(library, "dist/client.js")] as const,
      ["theme.css", require.resolve("@coatcheck/web/theme.css")] as const,
      ["base.css", require.resolve("@coatcheck/web/base.css")] as const,
    ];
    return new Map(await Promise.all(files.map(async ([name, path]) => [name, await loadFile(path)] as const)));
  } catch (cause) {
    throw new Error(`The player is not built: run "npm run build" first.`, { cause });
  }
}

async function filesIn(folder: string): Promise<readonly (readonly [name: string, path: string])[]> {
  const names = await readdir(folder);
  return names.filter((name) => extname(name) in CONTENT_TYPES).map((name) => [name, join(folder, name)] as const);
}

async function loadFile(path: string): Promise<PlayerFile> {
  return { body: await readFile(path), contentType: CONTENT_TYPES[extname(path)] ?? "application/octet-stream" };
}
