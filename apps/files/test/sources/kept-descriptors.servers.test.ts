import { readdirSync, readlinkSync } from "node:fs";
import {
  appendFile,
  chmod,
  link,
  mkdir,
  mkdtemp,
  realpath,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireAccessPath } from "coatcheck/passes";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { isOpenedAtByIdentity, isOpenedAtByProc, type OpenedPathCheck } from "../../src/sources/folder/opened-path.ts";
import { PlaceOpener } from "../../src/sources/folder/place-opener.ts";
import { FolderSource } from "../../src/sources/folder.ts";
import { waitUntil } from "../support/wait-until.ts";

const checks: readonly (readonly [string, OpenedPathCheck])[] = [
  ["as Linux tells where a file is", isOpenedAtByProc],
  ["as any system can find out", isOpenedAtByIdentity],
];

/** By then a file that was written just now counts as unchanged for a while, so that its content is remembered. */
const LATER_MILLISECONDS = 10_000;

describe.each(checks)("a file that was opened a moment ago, %s", (_, isOpenedAt) => {
  let folder: string;
  let source: FolderSource;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "coatcheck-kept-")));
    source = new FolderSource(folder, { now: () => Date.now() + LATER_MILLISECONDS, isOpenedAt });
    await mkdir(join(folder, "songs"));
    await writeFile(join(folder, "songs", "one.txt"), "one");
  });

  afterEach(async () => {
    vi.useRealTimers();
    source.close();
    await rm(folder, { recursive: true });
  });

  const place = (...names: string[]) => join(folder, "songs", ...names);

  async function contentOf(path: string) {
    const file = await source.open(requireAccessPath(path));
    if (file === null) return null;
    try {
      return file.size === 0 ? "" : String(await file.read({ first: 0, last: file.size - 1 }));
    } finally {
      file.close();
    }
  }

  /** Descriptors of this process on files of the folder. */
  function descriptors(): readonly string[] {
    return readdirSync("/proc/self/fd").flatMap((number) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${number}`);
        return path.startsWith(folder) ? [path] : [];
      } catch {
        return [];
      }
    });
  }

  const cases: Readonly<Record<string, readonly [() => Promise<unknown>, string | null]>> = {
    deleted: [() => unlink(place("one.txt")), null],
    "replaced by another": [
      () => writeFile(place("new"), "two").then(() => rename(place("new"), place("one.txt"))),
      "two",
    ],
    "written over": [() => writeFile(place("one.txt"), "two"), "two"],
    "written to": [() => appendFile(place("one.txt"), " more"), "one more"],
    truncated: [() => truncate(place("one.txt"), 2), "on"],
    emptied: [() => truncate(place("one.txt")), ""],
    "moved away": [() => rename(place("one.txt"), place("two.txt")), null],
    "replaced by a link to it": [
      () => rename(place("one.txt"), place("two.txt")).then(() => symlink("two.txt", place("one.txt"))),
      null,
    ],
    "replaced by a folder": [() => unlink(place("one.txt")).then(() => mkdir(place("one.txt"))), null],
    "in a folder that was moved away": [() => rename(place(), join(folder, "away")), null],
    "in a folder that was replaced by a link to it": [
      () => rename(place(), join(folder, "away")).then(() => symlink("away", place())),
      null,
    ],
    "deleted, and there by another name": [
      () => link(place("one.txt"), place("two.txt")).then(() => unlink(place("one.txt"))),
      null,
    ],
  };

  test.each(Object.entries(cases))(
    "and %s since is what it is now, with the next request",
    async (_, [change, now]) => {
      expect(await contentOf("/songs/one.txt")).toBe("one");
      expect(await contentOf("/songs/one.txt")).toBe("one");
      await change();
      expect(await contentOf("/songs/one.txt")).toBe(now);
      expect(await contentOf("/songs/one.txt")).toBe(now);
    },
  );

  test("has its content remembered only if its last change is a while ago, for another might not show", async () => {
    const rememberedAt = async (now: number) => {
      const opener = new PlaceOpener(folder, isOpenedAt, () => now);
      const opened = await opener.open(place("one.txt"));
      opened?.shared.remember(Buffer.from("one"));
      const { content } = opened?.shared ?? {};
      opened?.shared.release();
      opener.close();
      return content;
    };
    expect(await rememberedAt(Date.now())).toBeNull();
    expect(String(await rememberedAt(Date.now() + LATER_MILLISECONDS))).toBe("one");
  });

  test("and may no longer be read by its mode is not read, where the user is not root", async () => {
    expect(await contentOf("/songs/one.txt")).toBe("one");
    await chmod(place("one.txt"), 0);
    expect(await contentOf("/songs/one.txt")).toBe(process.getuid?.() === 0 ? "one" : null);
  });

  test("is opened once for many requests, and read by all of them at a time", async () => {
    const files = await Promise.all(Array.from({ length: 50 }, () => contentOf("/songs/one.txt")));
    expect(new Set(files)).toEqual(new Set(["one"]));
    await waitUntil("all but one to be closed", () => descriptors().length === 1);
    const opened = await Promise.all(
      Array.from({ length: 50 }, () => source.open(requireAccessPath("/songs/one.txt"))),
    );
    expect(descriptors()).toEqual([place("one.txt")]);
    for (const file of opened) file?.close();
  });

  test("is closed after a second without another request", async () => {
    await contentOf("/songs/one.txt");
    expect(descriptors()).toEqual([place("one.txt")]);
    await waitUntil("it to be closed", () => descriptors().length === 0);
  });

  test("is closed with the source, but for one that is being served, which is closed with its answer", async () => {
    const file = await source.open(requireAccessPath("/songs/one.txt"));
    await writeFile(place("two.txt"), "two");
    await contentOf("/songs/two.txt");
    expect(descriptors().length).toBe(2);
    source.close();
    await waitUntil("the other one to be closed", () => descriptors().length === 1);
    expect(String(await file?.read({ first: 0, last: 2 }))).toBe("one");
    file?.close();
    await waitUntil("it to be closed", () => descriptors().length === 0);
  });

  test("is among 256 at most, of which the first ones are closed first, and all after a second", async () => {
    // Time stands still: none is closed for its age.
    vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] });
    const names = Array.from({ length: 300 }, (_, index) => `${index}.txt`);
    for (const name of names) await writeFile(place(name), name);
    for (const name of names) expect(await contentOf(`/songs/${name}`)).toBe(name);
    await waitUntil("the first ones to be closed", () => descriptors().length === 256);
    expect(new Set(descriptors())).toEqual(new Set(names.slice(-256).map((name) => place(name))));
    for (const name of names) expect(await contentOf(`/songs/${name}`)).toBe(name);
    await vi.advanceTimersByTimeAsync(1_000);
    await waitUntil("all to be closed", () => descriptors().length === 0);
  });

  test("and deleted leaves nothing open", async () => {
    await contentOf("/songs/one.txt");
    await unlink(place("one.txt"));
    expect(await contentOf("/songs/one.txt")).toBeNull();
    await waitUntil("it to be closed", () => descriptors().length === 0);
  });
});
