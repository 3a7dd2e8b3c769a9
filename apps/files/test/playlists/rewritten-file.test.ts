import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { rewrittenFile } from "../../src/playlists/rewritten-file.ts";
import type { OpenFile } from "../../src/sources/file-source.ts";

function fileOf(content: Buffer | string, more: Partial<OpenFile> = {}): OpenFile & { readonly isClosed: boolean } {
  const bytes = Buffer.from(content);
  return {
    ...{ size: bytes.length, entityTag: '"stored"', lastModified: 1_000, contentEncoding: null, isClosed: false },
    async read({ first, last }) {
      return Readable.from([bytes.subarray(first, last + 1)]);
    },
    close() {
      Object.assign(this, { isClosed: true });
    },
    ...more,
  };
}

const contentOf = async (file: OpenFile) => (await file.read({ first: 0, last: file.size - 1 })).toString();
const PLAYLIST = "#EXTM3U\n#EXTINF:1,\none.ts\n";

describe("a rewritten playlist", () => {
  test("is a file of its own: with its size, its tag, its ranges, and no date", async () => {
    const stored = fileOf(PLAYLIST);
    const file = await rewrittenFile(stored, (uri) => `${uri}?x`);
    expect(await contentOf(file)).toBe(PLAYLIST.replace("one.ts", "one.ts?x"));
    expect(file).toMatchObject({ size: PLAYLIST.length + 2, lastModified: null });
    expect(file.entityTag).toMatch(/^"[A-Za-z0-9_-]{43}"$/);
    expect((await file.read({ first: 1, last: 6 })).toString()).toBe("EXTM3U");
    expect(stored.isClosed).toBe(true);
    expect((await rewrittenFile(fileOf(PLAYLIST), (uri) => `${uri}?x`)).entityTag).toBe(file.entityTag);
    expect((await rewrittenFile(fileOf(PLAYLIST), (uri) => `${uri}?y`)).entityTag).not.toBe(file.entityTag);
  });

  test.each([
    ["a list that is no playlist of HLS", "one.mp3\ntwo.mp3\n"],
    ["what is not UTF-8", Buffer.concat([Buffer.from(PLAYLIST), Buffer.of(0xff)])],
    ["what begins with a byte order mark", `\ufeff${PLAYLIST}`],
  ])("%s is left as it is", async (_, content) => {
    const file = await rewrittenFile(fileOf(content), (uri) => `${uri}?x`);
    expect(await file.read({ first: 0, last: file.size - 1 })).toEqual(Buffer.from(content));
  });

  test("is not made of what is encoded, or empty", async () => {
    for (const stored of [fileOf(PLAYLIST, { contentEncoding: "gzip" }), fileOf("")]) {
      expect(await rewrittenFile(stored, (uri) => `${uri}?x`)).toBe(stored);
    }
  });

  test("has its limits: in bytes, and in URIs", async () => {
    const code = "playlist_too_large";
    const withUris = (count: number) => fileOf(`#EXTM3U\n${"a\n".repeat(count)}`);
    await expect(rewrittenFile(withUris(20_001), (uri) => uri)).rejects.toMatchObject({ code });
    await expect(rewrittenFile(withUris(20_000), (uri) => uri)).resolves.toBeDefined();
    const padding = "#".repeat(2_097_153 - PLAYLIST.length);
    await expect(rewrittenFile(fileOf(PLAYLIST + padding), (uri) => uri)).rejects.toMatchObject({ code });
    await expect(rewrittenFile(fileOf(PLAYLIST + padding.slice(1)), (uri) => uri)).resolves.toBeDefined();
  });
});
