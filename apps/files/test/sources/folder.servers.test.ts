import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rename, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer as bytesOf } from "node:stream/consumers";
import { promisify } from "node:util";
import { requireAccessPath } from "coatcheck/passes";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isStrong } from "../../src/http/entity-tag.ts";
import { isOpenedAtByIdentity, isOpenedAtByProc, type OpenedPathCheck } from "../../src/sources/folder/opened-path.ts";
import { FolderSource } from "../../src/sources/folder.ts";
import { waitUntil } from "../support/wait-until.ts";
import { sourceContract } from "./source-contract.ts";

const checks: readonly (readonly [string, OpenedPathCheck])[] = [
  ["as Linux tells where a file is", isOpenedAtByProc],
  ["as any system can find out", isOpenedAtByIdentity],
];

async function temporaryFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), "coatcheck-folder-")));
}

describe.each(checks)("a folder, %s", (_, isOpenedAt) => {
  sourceContract(async () => {
    const folder = await temporaryFolder();
    return {
      source: new FolderSource(folder, { now: Date.now, isOpenedAt }),
      async put(path, content) {
        const place = join(folder, path);
        await mkdir(dirname(place), { recursive: true });
        await writeFile(`${place}.new`, content);
        const aWhileAgo = Date.now() / 1_000 - 3_600 - Math.random();
        await utimes(`${place}.new`, aWhileAgo, aWhileAgo);
        await rename(`${place}.new`, place);
      },
      remove: (path) => rm(join(folder, path)),
      dispose: () => rm(folder, { recursive: true }),
    };
  });

  let folder: string;
  let outside: string;
  let source: FolderSource;

  beforeEach(async () => {
    [folder, outside] = [await temporaryFolder(), await temporaryFolder()];
    source = new FolderSource(folder, { now: Date.now, isOpenedAt });
    await mkdir(join(folder, "songs"));
    await writeFile(join(folder, "songs", "one.txt"), "one");
    await mkdir(join(outside, "songs"));
    await writeFile(join(outside, "songs", "one.txt"), "secret");
  });

  afterEach(async () => {
    for (const path of [folder, outside]) await rm(path, { recursive: true });
  });

  const open = (path: string) => source.open(requireAccessPath(path));
  const contentOf = async (path: string) => {
    const file = await open(path);
    if (file === null) return null;
    const body = await file.read({ first: 0, last: file.size - 1 });
    file.close();
    return (Buffer.isBuffer(body) ? body : await bytesOf(body)).toString();
  };

  test("links are followed nowhere, in or out, at the end or on the way", async () => {
    await symlink(join(outside, "songs", "one.txt"), join(folder, "out.txt"));
    await symlink(join(outside, "songs"), join(folder, "out"));
    await symlink(join(folder, "songs", "one.txt"), join(folder, "in.txt"));
    await symlink("songs", join(folder, "in"));
    await symlink("/", join(folder, "root"));
    for (const path of ["/out.txt", "/out/one.txt", "/in.txt", "/in/one.txt", "/root/etc/passwd"]) {
      expect([path, await contentOf(path)]).toEqual([path, null]);
    }
    expect(await contentOf("/songs/one.txt")).toBe("one");
  });

  test("the folder itself may be named by a link", async () => {
    await symlink(folder, join(outside, "current"));
    source = new FolderSource(join(outside, "current"), { now: Date.now, isOpenedAt });
    expect(await contentOf("/songs/one.txt")).toBe("one");
  });

  test("what is no regular file is not there, and delays no request", async () => {
    await promisify(execFile)("mkfifo", [join(folder, "pipe")]);
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    for (const path of ["/pipe", "/socket", "/songs"]) expect([path, await open(path)]).toEqual([path, null]);
    server.close();
  });

  test("a folder that is a link now and then leads nowhere", async () => {
    const songs = join(folder, "songs");
    let served = 0;
    for (let round = 0; round < 300; round++) {
      const readings = Array.from({ length: 4 }, () => contentOf("/songs/one.txt"));
      renameSync(songs, join(folder, "away"));
      symlinkSync(join(outside, "songs"), songs);
      // Let some of what is under way meet the link, and begin some more.
      await new Promise((resolve) => setImmediate(resolve));
      readings.push(...Array.from({ length: 4 }, () => contentOf("/songs/one.txt")));
      await new Promise((resolve) => setImmediate(resolve));
      unlinkSync(songs);
      renameSync(join(folder, "away"), songs);
      for (const content of await Promise.all(readings)) {
        expect(["one", null]).toContain(content);
        if (content !== null) served++;
      }
    }
    expect(served).toBeGreaterThan(0);
  });

  test("a link for the moment of opening is found out afterwards", async () => {
    const songs = join(folder, "songs");
    const verdicts: boolean[] = [];
    source = new FolderSource(folder, {
      now: Date.now,
      async isOpenedAt(descriptor, path) {
        if (verdicts.length === 0) {
          // Opened by the link; when it is looked at, the real folder is in place again.
          unlinkSync(songs);
          renameSync(join(folder, "away"), songs);
        }
        verdicts.push(await isOpenedAt(descriptor, path));
        return verdicts.at(-1) === true;
      },
    });
    renameSync(songs, join(folder, "away"));
    symlinkSync(join(outside, "songs"), songs);
    expect(await contentOf("/songs/one.txt")).toBe("one");
    expect(verdicts).toEqual([false, true]);
  });

  test("a file that is replaced all the time is there all the time", async () => {
    for (let round = 0; round < 300; round++) {
      const contents = Promise.all(Array.from({ length: 4 }, () => contentOf("/songs/one.txt")));
      for (let turn = 0; turn < 3; turn++) {
        writeFileSync(join(folder, "songs", "new"), "two");
        renameSync(join(folder, "songs", "new"), join(folder, "songs", "one.txt"));
      }
      for (const content of await contents) expect(["one", "two"]).toContain(content);
    }
  });
});

describe("a folder", () => {
  let folder: string;
  let source: FolderSource;

  beforeEach(async () => {
    folder = await temporaryFolder();
    source = new FolderSource(folder, { now: Date.now });
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function existing(path: string) {
    const file = await source.open(requireAccessPath(path));
    if (file === null) throw new Error(`There is no ${path}.`);
    return file;
  }

  test.each([100, 1_000_000])(
    "a file of %i bytes that becomes shorter fails, instead of ending early",
    async (size) => {
      await writeFile(join(folder, "one.bin"), Buffer.alloc(size));
      const file = await existing("/one.bin");
      await truncate(join(folder, "one.bin"), size / 2);
      const reading = file
        .read({ first: 0, last: size - 1 })
        .then((body) => (Buffer.isBuffer(body) ? body : bytesOf(body)));
      await expect(reading).rejects.toMatchObject({ code: "file_changed" });
      file.close();
    },
  );

  test("a file that becomes longer is read as long as it was", async () => {
    await writeFile(join(folder, "one.txt"), "one");
    const file = await existing("/one.txt");
    await writeFile(join(folder, "one.txt"), "one and more");
    expect(await file.read({ first: 0, last: file.size - 1 })).toEqual(Buffer.from("one"));
    file.close();
  });

  test("a file that was changed just now has a weak tag, and one from the future no future date", async () => {
    await writeFile(join(folder, "one.txt"), "one");
    expect(isStrong((await existing("/one.txt")).entityTag)).toBe(false);
    const tomorrow = Date.now() / 1_000 + 86_400;
    await utimes(join(folder, "one.txt"), tomorrow, tomorrow);
    expect(Number((await existing("/one.txt")).lastModified)).toBeLessThanOrEqual(Date.now());
  });

  test("closes what it opened, also what it did not serve", async () => {
    await writeFile(join(folder, "one.bin"), Buffer.alloc(500_000));
    await symlink("one.bin", join(folder, "link.bin"));
    await mkdir(join(folder, "songs"));
    const openDescriptors = () => readdirSync("/proc/self/fd").length;
    const before = openDescriptors();
    for (let round = 0; round < 200; round++) {
      for (const path of ["/songs", "/link.bin", "/none"])
        expect(await source.open(requireAccessPath(path))).toBeNull();
      const file = await existing("/one.bin");
      const body = await file.read({ first: 0, last: file.size - 1 });
      // Closed while its first chunk is being read.
      if (!Buffer.isBuffer(body)) body.read(0);
      file.close();
    }
    await waitUntil("the descriptors to be closed", () => openDescriptors() <= before);
  });

  test("that is not there, or is none, is not opened", async () => {
    await writeFile(join(folder, "file"), "");
    const code = "source_cannot_be_opened";
    for (const path of [join(folder, "none"), join(folder, "file")]) {
      expect(() => new FolderSource(path, { now: Date.now })).toThrow(expect.objectContaining({ code }));
    }
  });

  test("where a backslash separates names, has no file with one in its name, and so no way out by it", async () => {
    await mkdir(join(folder, "songs"));
    await writeFile(join(folder, "songs", "x\\y.txt"), "one");
    await writeFile(join(folder, "songs", "c:y.txt"), "one");
    const onWindows = new FolderSource(folder, { now: Date.now, separator: "\\" });
    for (const path of ["/songs/x%5Cy.txt", "/songs/c%3Ay.txt"]) {
      expect(await existing(path)).toMatchObject({ size: 3 });
      expect(await onWindows.open(requireAccessPath(path))).toBeNull();
    }
  });

  test("that goes away is not ready", async () => {
    await rm(folder, { recursive: true });
    await expect(source.checkReadiness()).rejects.toMatchObject({ code: "source_unavailable" });
  });
});
