import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import type { PackedLibrary } from "./packed-library.ts";

const require = createRequire(import.meta.url);

/** What publint has against the tarball: entry points that are missing, misordered or of the wrong format. */
export async function publintProblems({ tarball }: PackedLibrary): Promise<readonly string[]> {
  const packed = await readFile(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: Uint8Array.from(packed).buffer },
    strict: true,
    level: "warning",
  });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false }) ?? message.code}`);
}

/**
 * What arethetypeswrong has against the types, as seen by TypeScript's node16 (ESM) and bundler resolution. It takes what
 * node10 finds, and what `require` loads from Node 20.19 on, for mistakes; a test compiles with these. It reads the tarball
 * and needs no network.
 */
export async function typeResolutionProblems({ tarball, installation }: PackedLibrary): Promise<readonly string[]> {
  const manifest = require.resolve("@arethetypeswrong/cli/package.json");
  const command = join(dirname(manifest), "dist/index.js");
  const options = ["--profile", "esm-only", "--format", "ascii", "--no-color", "--no-emoji", "--no-definitely-typed"];
  return await new Promise((resolve) => {
    // Its own folder for the configuration file that it would read from the current one.
    execFile(process.execPath, [command, tarball, ...options], { cwd: installation }, (error, output, complaint) => {
      resolve(error === null ? [] : [`arethetypeswrong: ${`${output}${complaint}`.trim()}`]);
    });
  });
}
