import { existsSync, readlinkSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { type Descriptor, statusOf } from "./descriptor.ts";

/** Whether an open file is the one at `path`, which is absolute, with no link anywhere on the way. */
export type OpenedPathCheck = (descriptor: Descriptor, path: string) => Promise<boolean> | boolean;

const DESCRIPTORS = "/proc/self/fd";

/**
 * Linux tells where an open file is. That is asked of memory and not of a disk, so it may be asked at once. A file that
 * was replaced meanwhile has "(deleted)" added to its name, and so is none of these.
 */
export const isOpenedAtByProc: OpenedPathCheck = (descriptor, path) =>
  readlinkSync(`${DESCRIPTORS}/${descriptor}`) === path;

/**
 * On other systems, the check is that the path now leads through no link and to the very file that is open. An attacker
 * who put a link there for the moment of opening cannot also put that file at the path.
 */
export const isOpenedAtByIdentity: OpenedPathCheck = async (descriptor, path) => {
  const [real, status, there] = await Promise.all([realpath(path), statusOf(descriptor), lstat(path)]);
  return real === path && status.ino === there.ino && status.dev === there.dev;
};

export function openedPathCheck(): OpenedPathCheck {
  return process.platform === "linux" && existsSync(DESCRIPTORS) ? isOpenedAtByProc : isOpenedAtByIdentity;
}
