import { type Stats, statSync } from "node:fs";

const WRITABLE_BY_OTHERS = 0o002;

/** Why a file may not be used as it is, as the end of a sentence; null if it may, or is not there. */
export function fileModeFault(path: string): string | null {
  const file = statsOf(path);
  if (file === null || !file.isFile() || (file.mode & WRITABLE_BY_OTHERS) === 0) return null;
  const mode = (file.mode & 0o777).toString(8).padStart(4, "0");
  return `every user of this machine may write it (mode ${mode}): run chmod o-rwx on it`;
}

/** Null for what cannot be looked at: opening it will say why. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
