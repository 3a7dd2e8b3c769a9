import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** The songs of all demos that tests start: to compose them takes longer than a test. */
export const SONGS = join(tmpdir(), "coatcheck-e2e-songs");

const composer = createRequire(import.meta.url).resolve("@coatcheck/example-music/write-songs");

/**
 * Vitest calls it once, before the first test of a browser. It runs what was built, in a process of its own: through vitest's
 * loader the loops of the synthesis take four times as long.
 */
export async function setup(): Promise<void> {
  const script = `import { writeSongs } from ${JSON.stringify(pathToFileURL(composer).href)}; await writeSongs(process.argv[1]);`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script, SONGS]);
}
