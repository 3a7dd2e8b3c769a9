import { statfsSync, statSync } from "node:fs";

/**
 * The kernel's numbers of file systems on disks of this machine (statfs(2)). All of them keep the status of open files
 * in memory.
 */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/**
 * The device of a folder if open files below it report their status without waiting for a disk or a network. Null if
 * they do not, or if that is unknown: then another thread asks for the status.
 */
export function deviceWithStatusInMemory(folder: string): number | null {
  if (process.platform !== "linux") return null;
  return LOCAL_FILE_SYSTEMS.has(statfsSync(folder).type) ? statSync(folder).dev : null;
}
