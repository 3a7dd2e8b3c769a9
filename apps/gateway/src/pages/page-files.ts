import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { GatewayError } from "../errors.ts";

export interface PageFile {
  readonly body: Buffer;
  readonly contentType: string;
}

export interface PageFiles {
  readonly signIn: PageFile;
  readonly account: PageFile;
  readonly signOut: PageFile;
  readonly confirm: PageFile;
  /** A template, filled in for each problem. */
  readonly problem: PageFile;
  /** The assets by file name. The names carry a digest of the content, so browsers may cache them for ever. */
  readonly assets: ReadonlyMap<string, PageFile>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * Reads the built pages into memory, once: they are few and small, and a path from a request then never reaches the
 * disk.
 */
export async function loadPageFiles(): Promise<PageFiles> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@coatcheck/web/package.json")), "dist");
  try {
    const names = await readdir(join(folder, "assets"));
    const assets = names.map(async (name) => [name, await loadFile(join(folder, "assets", name))] as const);
    return {
      signIn: await loadFile(join(folder, "sign-in.html")),
      account: await loadFile(join(folder, "account.html")),
      signOut: await loadFile(join(folder, "sign-out.html")),
      confirm: await loadFile(join(folder, "confirm.html")),
      problem: await loadFile(join(folder, "problem.html")),
      assets: new Map(await Promise.all(assets)),
    };
  } catch (cause) {
    throw new GatewayError("pages_missing", `The pages are not built: run "npm run build" first.`, { cause });
  }
}

async function loadFile(path: string): Promise<PageFile> {
  return { body: await readFile(path), contentType: CONTENT_TYPES[extname(path)] ?? "application/octet-stream" };
}
