import { close, constants, fstat, fstatSync, open, type Stats } from "node:fs";
import { promisify } from "node:util";

/** The system's number of an open file. Not a `FileHandle`, which would cost more than everything else here. */
export type Descriptor = number;

/** Non-blocking, so that a pipe without a writer does not block a thread; and without following a link at the end. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

const openAsync = promisify(open);

export const statusOf: (descriptor: Descriptor) => Promise<Stats> = promisify(fstat);

/** Runs on this thread. Use it only if the answer waits for no disk and no network. */
export const statusAtOnce: (descriptor: Descriptor) => Stats = fstatSync;

export function openForReading(path: string): Promise<Descriptor> {
  return openAsync(path, FLAGS);
}

/** An error from closing is ignored, because a file that was only read loses nothing. */
export function closeDescriptor(descriptor: Descriptor): void {
  close(descriptor, () => {});
}
