import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// As it was built: through vitest's loader the loops of the synthesis take four times as long.
import { writeSongs } from "../dist/songs/write-songs.js";
import type { Song } from "../src/player/song.ts";
import { songs } from "../src/songs/songs.ts";
import type { SongProgress } from "../src/songs/write-songs.ts";

const HEADER_BYTES = 44;
/** After its last bar a song rings, and fades. */
const TAIL_SECONDS = 5;
const SYNTHESIS_TIMEOUT_MILLISECONDS = 240_000;

let folder: string;
const progress: (SongProgress & { readonly turn: number })[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "songs-"));
  const turns = countTurns();
  await writeSongs(folder, (step) => progress.push({ ...step, turn: turns.count }));
  turns.stop();
}, SYNTHESIS_TIMEOUT_MILLISECONDS);
afterAll(() => rm(folder, { recursive: true }));

describe.each(songs)("$title", (song) => {
  let wav: Buffer;
  beforeAll(async () => {
    wav = await readFile(join(folder, song.path));
  });

  test("is a WAV file of two channels, as long as the library says", () => {
    const chunk = (offset: number) => wav.toString("latin1", offset, offset + 4);
    expect([chunk(0), chunk(8), chunk(12), chunk(36)]).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    const format = { code: wav.readUInt16LE(20), channels: wav.readUInt16LE(22), bits: wav.readUInt16LE(34) };
    expect(format).toEqual({ code: 1, channels: 2, bits: 16 });
    const hertz = wav.readUInt32LE(24);
    expect([wav.readUInt32LE(28), wav.readUInt16LE(32)]).toEqual([hertz * 4, 4]);
    expect(wav.readUInt32LE(40)).toBe(wav.length - HEADER_BYTES);
    expect((wav.length - HEADER_BYTES) / (hertz * 4)).toBe(song.durationSeconds);
  });

  test("lasts between two and four minutes, in at most 20 MB", () => {
    expect(song.durationSeconds).toBeGreaterThanOrEqual(120);
    expect(song.durationSeconds).toBeLessThanOrEqual(240);
    expect(wav.length).toBeLessThanOrEqual(20_000_000);
  });

  test("can be heard all through, never clips, and fades away", () => {
    const seconds = loudnessBySecond(wav);
    expect(Math.min(...seconds.slice(0, -TAIL_SECONDS).map(({ rms }) => rms))).toBeGreaterThan(0.01);
    expect(Math.max(...seconds.map(({ peak }) => peak))).toBeLessThan(0.95);
    expect(Math.max(...seconds.map(({ peak }) => peak))).toBeGreaterThan(0.4);
    expect(wav.readInt16LE(wav.length - 2)).toBe(0);
  });

  test("is not the same in both ears", () => {
    const samples = samplesOf(wav);
    let difference = 0;
    for (let left = 0; left < samples.length; left += 2) {
      difference += Math.abs((samples[left] ?? 0) - (samples[left + 1] ?? 0)) / 32_768;
    }
    expect((2 * difference) / samples.length).toBeGreaterThan(0.005);
  });
});

describe("the songs", () => {
  test("are all different, and as loud as one another", async () => {
    const files = await Promise.all(songs.map(({ path }) => readFile(join(folder, path))));
    expect(new Set(files.map(digestOf)).size).toBe(songs.length);
    expect(new Set(songs.map(({ id }) => id)).size).toBe(songs.length);
    const decibels = files.map((wav) => {
      const seconds = loudnessBySecond(wav);
      return 10 * Math.log10(seconds.reduce((sum, { rms }) => sum + rms ** 2, 0) / seconds.length);
    });
    expect(Math.max(...decibels) - Math.min(...decibels)).toBeLessThan(3);
  });

  test(
    "are the same songs wherever they are made",
    async () => {
      const again = await mkdtemp(join(tmpdir(), "songs-"));
      const [first] = songs;
      if (first === undefined) throw new Error("There is no song.");
      await stopAfter(first, again);
      const [made, there] = await Promise.all([again, folder].map((place) => readFile(join(place, first.path))));
      expect(digestOf(made)).toBe(digestOf(there));
      await rm(again, { recursive: true });
    },
    SYNTHESIS_TIMEOUT_MILLISECONDS,
  );

  test("were told of as they came, from the first to the last", () => {
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((first, second) => first - second));
    expect(fractions.at(-1)).toBe(1);
    expect([...new Set(progress.map(({ song }) => song.id))]).toEqual(songs.map(({ id }) => id));
  });

  test("let other work have a turn between one second and the next", () => {
    const starved = progress.filter(({ turn, song }, index) => {
      const before = progress[index - 1];
      return before?.song === song && turn === before.turn;
    });
    // The last report of a song follows its last write without a wait.
    expect(starved.length).toBeLessThanOrEqual(songs.length);
    expect(progress.length).toBeGreaterThan(songs.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0));
  });
});

describe("writing them again", () => {
  test("touches nothing that is there", async () => {
    const before = await Promise.all(songs.map(({ path }) => stat(join(folder, path))));
    const told: number[] = [];
    await writeSongs(folder, ({ fraction }) => told.push(fraction));
    const after = await Promise.all(songs.map(({ path }) => stat(join(folder, path))));
    expect(after.map(({ ino, mtimeMs }) => [ino, mtimeMs])).toEqual(before.map(({ ino, mtimeMs }) => [ino, mtimeMs]));
    expect(told).toEqual(songs.map((_, index) => (index + 1) / songs.length));
  });

  test(
    "replaces what is not whole, and removes what was left behind long ago",
    async () => {
      const [first] = songs;
      if (first === undefined) throw new Error("There is no song.");
      const path = join(folder, first.path);
      const whole = digestOf(await readFile(path));
      await writeFile(path, "RIFF");
      const [old, young] = [`${path}.1.unfinished`, `${path}.2.unfinished`];
      for (const leftover of [old, young]) await writeFile(leftover, "RIFF");
      await utimes(old, 1, 1);
      await writeSongs(folder);
      expect(digestOf(await readFile(path))).toBe(whole);
      const names = await readdir(join(folder, "songs"));
      expect(names.filter((name) => name.endsWith(".unfinished"))).toEqual([`${first.id}.wav.2.unfinished`]);
      await rm(young);
    },
    SYNTHESIS_TIMEOUT_MILLISECONDS,
  );

  test("that is stopped in the middle leaves neither half a song nor anything else", async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), "songs-"));
    const stopped = new Error("stopped");
    const stop = ({ fraction }: SongProgress) => {
      if (fraction > 0.01) throw stopped;
    };
    await expect(writeSongs(elsewhere, stop)).rejects.toBe(stopped);
    expect(await readdir(join(elsewhere, "songs"))).toEqual([]);
    await rm(elsewhere, { recursive: true });
  });
});

/** Writes one song and no more. */
async function stopAfter(song: Song, place: string): Promise<void> {
  const enough = new Error("enough");
  const stop = (step: SongProgress) => {
    if (step.song !== song && step.song.id !== song.id) throw enough;
  };
  await writeSongs(place, stop).catch((error: unknown) => {
    if (error !== enough) throw error;
  });
}

/** Counts how often the event loop came round. */
function countTurns(): { readonly count: number; readonly stop: () => void } {
  let count = 0;
  let isOver = false;
  const turn = () => {
    count++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  return {
    get count() {
      return count;
    },
    stop: () => {
      isOver = true;
    },
  };
}

/** What is behind the header: left, right, left, right. Read one by one from the buffer, they would take seconds. */
function samplesOf(wav: Buffer): Int16Array {
  const bytes = Uint8Array.from(wav.subarray(HEADER_BYTES));
  return new Int16Array(bytes.buffer);
}

function loudnessBySecond(wav: Buffer): readonly { readonly rms: number; readonly peak: number }[] {
  const samples = samplesOf(wav);
  const perSecond = wav.readUInt32LE(28) / 2;
  return Array.from({ length: samples.length / perSecond }, (_, second) => {
    let sum = 0;
    let peak = 0;
    for (const sample of samples.subarray(second * perSecond, (second + 1) * perSecond)) {
      sum += (sample / 32_768) ** 2;
      peak = Math.max(peak, Math.abs(sample) / 32_768);
    }
    return { rms: Math.sqrt(sum / perSecond), peak };
  });
}

function digestOf(bytes: Buffer | undefined): string {
  return createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
}
