import { existsSync, readlinkSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { type Descriptor, statusOf } from "./descriptor.ts";

/** Whether an open file is the one at `path`, which is absolute, with no link anywhere on the way. */
export type OpenedPathCheck = (descriptor: Descriptor, path: string) => Promise<boolean> | boolean;

const DESCRIPTORS = "/proc/self/fd";

/**
 * Linux knows the path of an open file, and answers from memory and not from a disk, so this may ask on this thread.
 * The path of a file that was replaced meanwhile ends in "(deleted)", and so does not match.
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
