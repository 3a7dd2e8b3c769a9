import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer as bytesOf } from "node:stream/consumers";
import { requireAccessPath } from "coatcheck/passes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ByteRange } from "../../src/http/byte-ranges.ts";
import { isStrong } from "../../src/http/entity-tag.ts";
import type { FileSource, LikelyRead, OpenFile } from "../../src/sources/file-source.ts";

/** A source, and what a test needs to fill it. */
export interface SourceUnderTest {
  readonly source: FileSource;
  /** Puts a file in place of what is there, at once. Its date is a while ago, so that its tag is strong. */
  put(path: string, content: Buffer | string): Promise<void>;
  remove(path: string): Promise<void>;
  dispose(): Promise<void>;
}

/** Larger than what any source reads at once. */
const LARGE = randomBytes(1_500_000);
const LIKELY: readonly LikelyRead[] = [
  "everything",
  "nothing",
  { first: 0, last: null },
  { first: 2, last: 4 },
  { suffixLength: 3 },
  { first: 5_000_000, last: null },
];

/** What every source owes (`FileSource`). */
export function sourceContract(create: () => Promise<SourceUnderTest>): void {
  describe("the contract of sources", () => {
    let under: SourceUnderTest;
    const opened: OpenFile[] = [];

    beforeEach(async () => {
      under = await create();
    });

    afterEach(async () => {
      for (const file of opened.splice(0)) file.close();
      await under.dispose();
    });

    async function open(path: string, likely: LikelyRead = "everything"): Promise<OpenFile | null> {
      const file = await under.source.open(requireAccessPath(path), likely);
      if (file !== null) opened.push(file);
      return file;
    }

    async function existing(path: string, likely?: LikelyRead): Promise<OpenFile> {
      const file = await open(path, likely);
      if (file === null) throw new Error(`There is no ${path}.`);
      return file;
    }

    describe("a file that is there", () => {
      test.each(LIKELY)("is described and read, whatever was thought likely: %j", async (likely) => {
        await under.put("/songs/one.txt", "one two three");
        const file = await existing("/songs/one.txt", likely);
        expect(file).toMatchObject({ size: 13, contentEncoding: null });
        expect(isStrong(file.entityTag)).toBe(true);
        expect(Number(file.lastModified) % 1_000).toBe(0);
        expect(Math.abs(Number(file.lastModified) - Date.now())).toBeLessThan(86_400_000);
        expect(await read(file, { first: 0, last: 12 })).toEqual(Buffer.from("one two three"));
      });

      test.each(
        ["/a b.txt", "/Café/ñ.txt", "/a+b&c=d;e.txt", "/100 'quoted' (x)!.txt", "/~tilde", "/...", "/a./b."].concat(
          [
            "/100% Hits.txt",
            "/AC\\DC.txt",
            "/my%20song.txt",
            "/http%3A%2F%2Fx.txt",
            "/what?.txt",
            "/No. #1.txt",
            "/Beyonce\u0301.txt",
          ],
          ["/Beyonc\u00e9.txt", "/\u65e5\u672c.txt", '/a:b <x> "q" | *.txt'],
        ),
      )("by any name: %s", async (path) => {
        const names = path.split("/").map(encodeURIComponent).join("/");
        await under.put(path, path);
        // Three dots are a name like any other, but one that begins with a dot.
        if (path === "/...") return void expect(await open(names)).toBeNull();
        const content = Buffer.from(path);
        expect(await read(await existing(names), { first: 0, last: content.length - 1 })).toEqual(content);
      });

      test.each(LIKELY)("empty: %j", async (likely) => {
        await under.put("/empty.txt", "");
        expect((await existing("/empty.txt", likely)).size).toBe(0);
      });

      test.each([
        { first: 0, last: LARGE.length - 1 },
        { first: 1, last: 1 },
        { first: LARGE.length - 1, last: LARGE.length - 1 },
        { first: 65_535, last: 131_072 },
        { first: 300_000, last: 1_000_000 },
      ])("any part of a large one: %j", async (range) => {
        await under.put("/large.bin", LARGE);
        for (const likely of ["nothing", range] as const) {
          const file = await existing("/large.bin", likely);
          expect(file.size).toBe(LARGE.length);
          expect((await read(file, range)).equals(LARGE.subarray(range.first, range.last + 1))).toBe(true);
        }
      });

      test("one part after the other, in any order, and the same again", async () => {
        await under.put("/large.bin", LARGE);
        const file = await existing("/large.bin");
        for (const range of [
          { first: 700_000, last: 900_000 },
          { first: 0, last: 9 },
          { first: 700_000, last: 900_000 },
          { first: 0, last: LARGE.length - 1 },
        ]) {
          expect((await read(file, range)).equals(LARGE.subarray(range.first, range.last + 1))).toBe(true);
        }
      });

      test("has the same tag as long as it is the same, and another one after that", async () => {
        await under.put("/one.txt", "one");
        const { entityTag } = await existing("/one.txt");
        for (const likely of LIKELY) expect((await existing("/one.txt", likely)).entityTag).toBe(entityTag);
        await under.put("/one.txt", "two");
        expect((await existing("/one.txt")).entityTag).not.toBe(entityTag);
      });
    });

    describe("nothing is there", () => {
      test.each([
        ["nothing at all", "/songs/none.txt"],
        ["a folder, by the name of a file", "/songs"],
        ["a folder", "/songs/"],
        ["the whole", "/"],
        ["something below a file", "/songs/one.txt/two.txt"],
        ["another case", "/songs/ONE.TXT"],
        ["a name that is longer than any", `/songs/${"x".repeat(300)}`],
        ["a hidden file", "/songs/.hidden"],
        ["a file in a hidden folder", "/.git/config"],
      ])("%s: %s", async (_, path) => {
        await under.put("/songs/one.txt", "one");
        await under.put("/songs/.hidden", "hidden");
        await under.put("/.git/config", "hidden");
        for (const likely of LIKELY) expect(await open(path, likely)).toBeNull();
      });

      test("any more", async () => {
        await under.put("/one.txt", "one");
        await under.remove("/one.txt");
        expect(await open("/one.txt")).toBeNull();
      });
    });

    describe("what is open", () => {
      test("is one state of the file: replaced meanwhile, it is read as it was, or not at all", async () => {
        const other = randomBytes(LARGE.length);
        for (const likely of ["everything", "nothing"] as const) {
          await under.put("/large.bin", LARGE);
          const file = await existing("/large.bin", likely);
          await under.put("/large.bin", other);
          const range = { first: 200_000, last: 700_000 };
          const content = await read(file, range).catch((error: unknown) => error);
          if (Buffer.isBuffer(content)) expect(content.equals(LARGE.subarray(200_000, 700_001))).toBe(true);
          else expect(content).toMatchObject({ code: "file_changed" });
        }
      });

      test("ends a stream in the middle when it is closed, which may be done twice", async () => {
        await under.put("/large.bin", LARGE);
        const file = await existing("/large.bin");
        const stream = (await file.read({ first: 0, last: LARGE.length - 1 })) as Readable;
        const closed = new Promise((resolve) => stream.once("close", resolve));
        for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        file.close();
        file.close();
        await closed;
        expect(stream.destroyed).toBe(true);
      });

      test("is not read after it was closed", async () => {
        await under.put("/large.bin", LARGE);
        const file = await existing("/large.bin", "nothing");
        file.close();
        for (const range of [
          { first: 0, last: 9 },
          { first: 0, last: LARGE.length - 1 },
        ]) {
          await expect(read(file, range)).rejects.toMatchObject({ code: "source_unavailable" });
        }
      });
    });

    test("is ready", async () => {
      await expect(under.source.checkReadiness()).resolves.toBeUndefined();
    });
  });
}

async function read(file: OpenFile, range: ByteRange): Promise<Buffer> {
  const body = await file.read(range);
  return Buffer.isBuffer(body) ? body : bytesOf(body);
}
