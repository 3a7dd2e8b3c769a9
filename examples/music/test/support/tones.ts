import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { songs } from "../../src/songs/songs.ts";
import { SAMPLE_RATE_HERTZ } from "../../src/songs/synthesis/sound.ts";
import { wavFrames, wavHeader } from "../../src/songs/wav.ts";

/** Puts a tone in the place of each song, as long as it: they are there at once, where songs take a while. */
export async function writeTones(folder: string): Promise<void> {
  for (const [index, { path, durationSeconds }] of songs.entries()) {
    const hertz = 220 + 20 * index;
    const second = Float32Array.from(
      { length: SAMPLE_RATE_HERTZ },
      (_, frame) => 0.3 * Math.sin((2 * Math.PI * hertz * frame) / SAMPLE_RATE_HERTZ),
    );
    const frames = wavFrames({ left: second, right: second });
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), [
      wavHeader(durationSeconds),
      ...Array.from({ length: durationSeconds }, () => frames),
    ]);
  }
}
