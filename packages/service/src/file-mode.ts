import { lstatSync, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";

const WRITABLE_BY_OTHERS = 0o002;

/**
 * The reason why a file must not be used as it is, as the end of a sentence. Null if it may be used, or does not exist.
 */
export function fileModeFault(path: string): string | null {
  if (isPlanted(path)) {
    return "another user of this machine put it there, into a folder that every user may write";
  }
  const file = statsOf(statSync, path);
  if (file === null || !file.isFile() || !isWritableByOthers(file)) return null;
  const mode = (file.mode & 0o777).toString(8).padStart(4, "0");
  return `every user of this machine may write it (mode ${mode}): run chmod o-rwx on it`;
}

/**
 * Whether another user put the file or link there: the folder is writable by every user, and the entry belongs to neither
 * this process nor the folder's owner. Linux can refuse such files itself (`fs.protected_symlinks`, `fs.protected_regular`),
 * but not on every machine and not in every such folder.
 */
function isPlanted(path: string): boolean {
  const entry = statsOf(lstatSync, path);
  const folder = statsOf(statSync, dirname(path));
  if (entry === null || folder === null || !isWritableByOthers(folder)) return false;
  return entry.uid !== process.geteuid?.() && entry.uid !== folder.uid;
}

function isWritableByOthers({ mode }: Stats): boolean {
  return (mode & WRITABLE_BY_OTHERS) !== 0;
}

/** Null if the file cannot be inspected: opening it will report why. */
function statsOf(look: (path: string) => Stats, path: string): Stats | null {
  try {
    return look(path);
  } catch {
    return null;
  }
}
