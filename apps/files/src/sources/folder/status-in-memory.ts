import { statfsSync, statSync } from "node:fs";

/** The kernel's numbers of file systems on disks of this machine (statfs(2)). All keep what describes an open file in memory. */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x58465342, // XFS
  0x9123683e, // Btrfs
  0xf2f52010, // F2FS
  0x01021994, // tmpfs
  0x794c7630, // overlayfs
]);

/**
 * The device below a folder whose open files tell their status without waiting for a disk or a network. Null if there is no such
 * device, or that cannot be known: then the status is asked for on another thread.
 */
export function deviceWithStatusInMemory(folder: string): number | null {
  if (process.platform !== "linux") return null;
  return LOCAL_FILE_SYSTEMS.has(statfsSync(folder).type) ? statSync(folder).dev : null;
}
