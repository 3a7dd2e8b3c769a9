import { Readable } from "node:stream";
import { buffer as bytesOf } from "node:stream/consumers";
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib";
import { requireAccessPath } from "coatcheck/passes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ByteRange } from "../../src/http/byte-ranges.ts";
import type { Entry } from "../../src/passes/admission.ts";
import { Playlists } from "../../src/playlists/playlists.ts";
import type { OpenFile } from "../../src/sources/file-source.ts";

interface CountedFile extends OpenFile {
  readonly isClosed: boolean;
  readonly reads: number;
}

function fileOf(content: Buffer | string, more: Partial<OpenFile> = {}): CountedFile {
  const bytes = Buffer.from(content);
  const counts = { isClosed: false, reads: 0 };
  return {
    size: bytes.length,
    entityTag: '"stored"',
    lastModified: 1_000,
    contentEncoding: null,
    ...more,
    get isClosed() {
      return counts.isClosed;
    },
    get reads() {
      return counts.reads;
    },
    async read({ first, last }: ByteRange) {
      counts.reads++;
      return Readable.from([bytes.subarray(first, last + 1)]);
    },
    close: () => void Object.assign(counts, { isClosed: true }),
  };
}

const entryOf = (token: string, session = "session"): Entry => ({
  path: requireAccessPath("/one/index.m3u8"),
  pass: { path: "/one/", issuedAt: 0, expiresAt: 1, session },
  token,
  carrier: "query",
  keepsCookie: false,
});

const rewrite = (file: OpenFile, token = "PASS", playlists = new Playlists("https://files.example")) =>
  playlists.prepare(file, entryOf(token), "rewrite");
const look = (file: OpenFile) => new Playlists("https://files.example").prepare(file, entryOf("PASS"), "look");

async function read(file: OpenFile, range: ByteRange): Promise<Buffer> {
  const body = await file.read(range);
  return Buffer.isBuffer(body) ? body : bytesOf(body);
}

const contentOf = async (file: OpenFile) => (await read(file, { first: 0, last: file.size - 1 })).toString();
const PLAYLIST = "#EXTM3U\n#EXTINF:1,\none.ts\n";
const WITH_PASS = PLAYLIST.replace("one.ts", "/one/one.ts?token=PASS");

describe("a rewritten playlist", () => {
  test("is a file of its own: with its size, its tag, its ranges, and no date", async () => {
    const stored = fileOf(PLAYLIST);
    const file = await rewrite(stored);
    expect(await contentOf(file)).toBe(WITH_PASS);
    expect(file).toMatchObject({ size: WITH_PASS.length, lastModified: null, contentEncoding: null });
    expect(file.entityTag).toMatch(/^"[A-Za-z0-9_-]{43}"$/);
    expect((await read(file, { first: 1, last: 6 })).toString()).toBe("EXTM3U");
    expect(stored.isClosed).toBe(true);
    expect((await rewrite(fileOf(PLAYLIST))).entityTag).toBe(file.entityTag);
    expect((await rewrite(fileOf(PLAYLIST), "PASZ")).entityTag).not.toBe(file.entityTag);
    expect((await rewrite(fileOf(`${PLAYLIST}\n`))).entityTag).not.toBe(file.entityTag);
  });

  test("has the same bytes in every range, whatever is in it", async () => {
    const lines = fc.array(fc.constantFrom("one.ts", "#é", "", "/two.ts", "/one/é.ts", '#EXT-X-MAP:URI="i"'));
    await fc.assert(
      fc.asyncProperty(
        lines,
        fc.string({ minLength: 1, maxLength: 9 }),
        fc.nat(),
        fc.nat(),
        async (some, token, from, to) => {
          const file = await rewrite(fileOf(["#EXTM3U", ...some].join("\n").concat("\n")), token);
          const whole = await read(file, { first: 0, last: file.size - 1 });
          const [first = 0, last = 0] = [from % file.size, to % file.size].sort((one, other) => one - other);
          expect(whole.length).toBe(file.size);
          expect(await read(file, { first, last })).toEqual(whole.subarray(first, last + 1));
        },
      ),
    );
  });

  test("that is long is put together as it is read, and is the same", async () => {
    const file = await rewrite(fileOf(`#EXTM3U\n${"é.ts\n".repeat(20_000)}`), "P".repeat(700));
    const line = `/one/%C3%A9.ts?token=${"P".repeat(700)}\n`;
    expect(file.size).toBe(8 + 20_000 * line.length);
    expect(await file.read({ first: 0, last: file.size - 1 })).toBeInstanceOf(Readable);
    expect(await contentOf(file)).toBe(`#EXTM3U\n${line.repeat(20_000)}`);
  });

  test.each([
    ["a list that is no playlist of HLS", "one.mp3\ntwo.mp3\n"],
    ["what is not UTF-8", Buffer.concat([Buffer.from(PLAYLIST), Buffer.of(0xff)])],
    ["what begins with a byte order mark", `\ufeff${PLAYLIST}`],
    ["nothing", ""],
  ])("%s is left as it is", async (_, content) => {
    const file = await rewrite(fileOf(content));
    expect(file).toMatchObject({ size: Buffer.byteLength(content), entityTag: '"stored"', lastModified: 1_000 });
    if (file.size > 0) expect(await read(file, { first: 0, last: file.size - 1 })).toEqual(Buffer.from(content));
  });

  test("has its limits: in bytes, in URIs, and in what paths make of it", async () => {
    const code = "playlist_too_large";
    const withUris = (count: number) => fileOf(`#EXTM3U\n${"a\n".repeat(count)}`);
    await expect(rewrite(withUris(20_001))).rejects.toMatchObject({ code });
    await expect(rewrite(withUris(20_000))).resolves.toBeDefined();
    const padding = "#".repeat(2_097_153 - PLAYLIST.length);
    await expect(rewrite(fileOf(PLAYLIST + padding))).rejects.toMatchObject({ code });
    await expect(rewrite(fileOf(PLAYLIST + padding.slice(1)))).resolves.toBeDefined();
    const long = `/one/${"a".repeat(900)}/../`;
    const folder = { ...entryOf("PASS"), path: requireAccessPath(`/one/${"a".repeat(900)}/index.m3u8`) };
    const deep = new Playlists("https://files.example").prepare(withUris(5_000), folder, "rewrite");
    await expect(deep).rejects.toMatchObject({ code });
    await expect(rewrite(fileOf(`#EXTM3U\n${`${long}a\n`.repeat(2_000)}`))).resolves.toBeDefined();
  });
});

describe("a playlist that is stored in an encoding", () => {
  const kinds: readonly (readonly [string, Buffer])[] = [
    ["gzip", gzipSync(PLAYLIST)],
    ["x-gzip", gzipSync(PLAYLIST)],
    ["GZIP", gzipSync(PLAYLIST)],
    ["deflate", deflateSync(PLAYLIST)],
    ["br", brotliCompressSync(PLAYLIST)],
    ["identity", Buffer.from(PLAYLIST)],
  ];

  test.each(kinds)("plays, for its segments get the pass: %s", async (contentEncoding, content) => {
    const file = await rewrite(fileOf(content, { contentEncoding }));
    expect(file.contentEncoding).toBeNull();
    expect(await contentOf(file)).toBe(WITH_PASS);
  });

  test.each([
    ["zstd", Buffer.from(PLAYLIST)],
    ["gzip, gzip", gzipSync(gzipSync(PLAYLIST))],
    ["gzip", Buffer.from(PLAYLIST)],
    ["gzip", gzipSync(PLAYLIST).subarray(0, 20)],
    ["br", gzipSync(PLAYLIST)],
  ])(
    "that is not undone is an error in the log, and not a playlist without passes: %s",
    async (contentEncoding, content) => {
      for (const treat of [rewrite, look]) {
        const file = fileOf(content, { contentEncoding });
        await expect(treat(file)).rejects.toMatchObject({ code: "playlist_unreadable" });
        expect(file.isClosed).toBe(true);
      }
    },
  );

  test.each([
    ["gzip", gzipSync],
    ["br", (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ] as const)("cannot fill the memory: %s", async (contentEncoding, compress) => {
    const bomb = compress(Buffer.concat([Buffer.from(PLAYLIST), Buffer.alloc(50_000_000)]));
    expect(bomb.length).toBeLessThan(2_097_152);
    await expect(rewrite(fileOf(bomb, { contentEncoding }))).rejects.toMatchObject({ code: "playlist_too_large" });
  });
});

describe("a playlist that asks the player for what only the viewer has", () => {
  const variable = `${PLAYLIST}#EXT-X-DEFINE:QUERYPARAM="token"\nhttps://other.example/{$token}\n`;
  const steering = `${PLAYLIST}#EXT-X-CONTENT-STEERING:SERVER-URI="https://other.example/steering.json"\n`;

  test.each([
    ["its own query as a variable", variable],
    ["its own query, behind a byte order mark", `\ufeff${variable}`],
    ["its own query, in UTF-16", Buffer.from(`\ufeff${variable}`, "utf16le")],
    ["every URL of it from another host", steering],
    ["every URL of it from another host, compressed", gzipSync(steering)],
  ])("is not sent: %s", async (_, content) => {
    const contentEncoding = content[0] === 0x1f ? "gzip" : null;
    for (const treat of [rewrite, look]) {
      await expect(treat(fileOf(content, { contentEncoding }))).rejects.toMatchObject({ code: "playlist_unsafe" });
    }
  });

  test("is all that is looked for where nothing is to be rewritten", async () => {
    const stored = gzipSync(PLAYLIST);
    const file = await look(fileOf(stored, { contentEncoding: "gzip" }));
    expect(file).toMatchObject({ contentEncoding: "gzip", entityTag: '"stored"', lastModified: 1_000 });
    expect(await read(file, { first: 0, last: file.size - 1 })).toEqual(stored);
  });
});

describe("a playlist that is asked for again", () => {
  test("is not read again, by whichever pass for the same, until it is another one", async () => {
    const playlists = new Playlists("https://files.example");
    const [first, again, other] = [fileOf(PLAYLIST), fileOf(PLAYLIST), fileOf(PLAYLIST, { entityTag: '"new"' })];
    await rewrite(first, "FIRST", playlists);
    expect(await contentOf(await rewrite(again, "PASS", playlists))).toBe(WITH_PASS);
    await rewrite(other, "FIRST", playlists);
    expect([first.reads, again.reads, again.isClosed, other.reads]).toEqual([1, 0, true, 1]);
  });

  test("is read again by a pass for something else, and where its tag may stand for two contents", async () => {
    const playlists = new Playlists("https://files.example");
    await rewrite(fileOf(PLAYLIST), "PASS", playlists);
    const alone = { ...entryOf("PASS"), pass: { ...entryOf("PASS").pass, path: "/one/index.m3u8" } };
    expect(await contentOf(await playlists.prepare(fileOf(PLAYLIST), alone, "rewrite"))).toBe(PLAYLIST);
    for (let time = 0; time < 2; time++) {
      const weak = fileOf(PLAYLIST, { entityTag: 'W/"stored"' });
      await rewrite(weak, "PASS", playlists);
      expect(weak.reads).toBe(1);
    }
  });

  test("by one session at once is worked on once, and other sessions do not wait until it is done", async () => {
    const playlists = new Playlists("https://files.example");
    const long = `#EXTM3U\n${"é/é/é/é/é/é/é.ts\n".repeat(20_000)}`;
    const files = Array.from({ length: 10 }, () => fileOf(long));
    const order: string[] = [];
    const asks = files.map((file) => rewrite(file, "PASS", playlists).then(() => order.push("long")));
    const other = { ...entryOf("PASS", "another"), path: requireAccessPath("/one/other.m3u8") };
    // Has come in between the lines of the first.
    await playlists.prepare(fileOf(PLAYLIST), other, "rewrite").then(() => order.push("short"));
    await Promise.all(asks);
    expect(order[0]).toBe("short");
    expect(files.reduce((sum, { reads }) => sum + reads, 0)).toBe(1);
  });
});
