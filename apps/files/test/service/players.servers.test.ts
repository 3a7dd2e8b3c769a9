import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPlayer } from "../support/missing-player.ts";
import { ServiceUnderTest } from "../support/service-under-test.ts";

const run = promisify(execFile);
const SINE = ["-f", "lavfi", "-i", "sine=frequency=440:duration=6"];
/** What ffmpeg makes of its input: the samples, and so all of them or not. */
const SAMPLES = ["-f", "s16le", "-ac", "1", "-ar", "8000", "pipe:1"];
const TO_SAMPLES = { encoding: "buffer", maxBuffer: 10_000_000 } as const;

async function play(url: string, ...options: readonly string[]): Promise<Buffer> {
  const { stdout } = await run("ffmpeg", ["-v", "error", "-xerror", ...options, "-i", url, ...SAMPLES], TO_SAMPLES);
  return stdout;
}

const ffmpeg = (folder: string, ...options: readonly string[]) =>
  run("ffmpeg", ["-v", "error", ...options], { cwd: folder });

describe.skipIf(["ffmpeg", "curl", "mpg123"].some(missingPlayer))("a player", () => {
  let service: ServiceUnderTest;

  beforeAll(async () => {
    service = await ServiceUnderTest.start();
    const folder = join(service.folder, "music");
    for (const name of ["plain", "parts", "secret", "a b"]) await mkdir(join(folder, name), { recursive: true });
    const hls = ["-f", "hls", "-hls_time", "2", "-hls_list_size", "0"];
    await ffmpeg(folder, ...SINE, "tone.wav");
    await ffmpeg(folder, ...SINE, ...hls, "-master_pl_name", "main.m3u8", "plain/index.m3u8");
    await ffmpeg(folder, ...SINE, ...hls, "-hls_segment_type", "fmp4", "parts/main.m3u8");
    await ffmpeg(folder, ...SINE, ...hls, "a b/main.m3u8");
    // The key's URI, the file it is in, and nothing else: the initialisation vector is the number of the segment.
    await writeFile(join(folder, "secret", "key.bin"), randomBytes(16));
    await writeFile(join(folder, "secret", "key.txt"), "key.bin\nsecret/key.bin\n");
    await ffmpeg(folder, ...SINE, ...hls, "-hls_key_info_file", "secret/key.txt", "secret/main.m3u8");
  });

  afterAll(() => service.dispose());

  const kinds = [
    ["of two levels", "plain/main.m3u8"],
    ["with an initial part", "parts/main.m3u8"],
    ["that is encrypted", "secret/main.m3u8"],
    ["with a name that has to be encoded", "a b/main.m3u8"],
  ] as const;

  describe.each(kinds)("of a playlist %s", (_, name) => {
    const path = `/music/${name.split("/").map(encodeURIComponent).join("/")}`;
    let original: Buffer;
    let token: string;

    beforeAll(async () => {
      token = await service.passFor("/music/");
      original = await play(join(service.folder, "music", name), "-allowed_extensions", "ALL");
      expect(original.length).toBeGreaterThan(80_000);
    });

    test("plays all of it by a pass in the query, which its children are given", async () => {
      expect((await play(`${service.url}${path}?token=${token}`)).equals(original)).toBe(true);
    });

    test("plays all of it by a pass in the path", async () => {
      expect((await play(`${service.url}/~/${token}${path}`)).equals(original)).toBe(true);
    });

    test("plays all of it by a pass in the cookie of the first answer", async () => {
      expect((await play(`${service.url}${path}?token=${token}&cookie=1`)).equals(original)).toBe(true);
    });

    test("plays nothing by a pass for the playlist alone", async () => {
      const alone = await service.passFor(path);
      await expect(play(`${service.url}${path}?token=${alone}`)).rejects.toThrow();
    });
  });

  test("finds its way in a file by ranges", async () => {
    const url = `${service.url}/music/tone.wav?token=${await service.passFor("/music/tone.wav")}`;
    const original = await play(join(service.folder, "music", "tone.wav"), "-ss", "4");
    expect((await play(url, "-ss", "4")).equals(original)).toBe(true);
    expect(service.log.filter((line) => line.includes("tone.wav") && line.includes('"status":206'))).not.toEqual([]);
  });

  test("may be curl, which goes on where it left off, or mpg123", async () => {
    const folder = join(service.folder, "music");
    await ffmpeg(folder, ...SINE, "tone.mp3");
    const url = `${service.url}/music/tone.mp3?token=${await service.passFor("/music/tone.mp3")}`;
    const { stdout: whole } = await run("curl", ["-sSf", url], TO_SAMPLES);
    const { stdout: rest } = await run("curl", ["-sSf", "--continue-at", "1000", "-o", "-", url], TO_SAMPLES);
    expect(rest.equals(whole.subarray(1_000))).toBe(true);
    const decode = (source: string) => run("mpg123", ["-q", "-s", source], TO_SAMPLES);
    const [played, original] = [await decode(url), await decode(join(folder, "tone.mp3"))];
    expect(original.stdout.length).toBeGreaterThan(100_000);
    expect(played.stdout.equals(original.stdout)).toBe(true);
  });

  test("is told by ffprobe how long it is", async () => {
    const url = `${service.url}/music/tone.wav?token=${await service.passFor("/music/tone.wav")}`;
    const { stdout } = await run("ffprobe", ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", url]);
    expect(Number(stdout)).toBe(6);
  });
});
