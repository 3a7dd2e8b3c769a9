import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Song } from "../player/song.ts";
import type { Composition } from "./score/composition.ts";
import { compositions, songOf } from "./songs.ts";
import { render } from "./synthesis/render.ts";
import { wavBytes, wavFrames, wavHeader } from "./wav.ts";

/** How far it has come: with which song, and with all of them from 0 to 1. */
export interface SongProgress {
  readonly song: Song;
  readonly fraction: number;
}

/** Some four milliseconds of work, after which other work that waits for the event loop has its turn. */
const BLOCKS_PER_WRITE = 4;
const UNFINISHED = ".unfinished";
/** Writing a song takes less than that: the process that began it was stopped. */
const ABANDONED_AFTER_MILLISECONDS = 600_000;

/**
 * Puts every song at its path below `folder`, those that are missing. A song is there as a whole or not at all, however
 * this ends, and several processes may do it at once.
 *
 * @param onProgress called after every write, and once for each song that is there already
 */
export async function writeSongs(
  folder: string,
  onProgress: (progress: SongProgress) => void = () => {},
): Promise<void> {
  for (const [index, composition] of compositions.entries()) {
    const song = songOf(composition);
    const report = (fraction: number) => onProgress({ song, fraction: (index + fraction) / compositions.length });
    const path = join(folder, song.path);
    if (!(await isThere(path, song))) await writeSong(composition, path, report);
    report(1);
  }
}

/** A file of another length is of an older version of the song. */
async function isThere(path: string, { durationSeconds }: Song): Promise<boolean> {
  const found = await stat(path).catch(nullIfMissing);
  return found?.isFile() === true && found.size === wavBytes(durationSeconds);
}

async function writeSong(composition: Composition, path: string, report: (fraction: number) => void): Promise<void> {
  const { durationSeconds } = songOf(composition);
  await mkdir(dirname(path), { recursive: true });
  await removeAbandoned(dirname(path));
  const unfinished = `${path}.${randomUUID()}${UNFINISHED}`;
  try {
    const file = await open(unfinished, "wx");
    try {
      await file.writeFile(wavHeader(durationSeconds));
      let written = 0;
      for (const frames of severalAtOnce(composition)) {
        await file.writeFile(frames);
        written += frames.length;
        report(written / wavBytes(durationSeconds));
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function* severalAtOnce(composition: Composition): Generator<Buffer> {
  let pending: Buffer[] = [];
  for (const block of render(composition)) {
    pending.push(wavFrames(block));
    if (pending.length < BLOCKS_PER_WRITE) continue;
    yield Buffer.concat(pending);
    pending = [];
  }
  yield Buffer.concat(pending);
}

/** What a process left behind that was stopped in the middle of a song. */
async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(UNFINISHED)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(nullIfMissing);
    const isAbandoned = found !== null && Date.now() - found.mtimeMs > ABANDONED_AFTER_MILLISECONDS;
    if (isAbandoned) await rm(path, { force: true });
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}
