import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Whether tests have to be skipped, for `describe.skipIf`, because there is no player. That is said on standard error.
 * In CI, where nothing may be skipped unseen, it throws.
 */
export function missingPlayer(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  if (folders.some((folder) => isExecutable(join(folder, program)))) return false;
  const message = `${program} is not installed. Install it with: apt-get install ${program}`;
  if (process.env.CI === "true") throw new Error(message);
  process.stderr.write(`\nSKIPPED: ${message}\n`);
  return true;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
