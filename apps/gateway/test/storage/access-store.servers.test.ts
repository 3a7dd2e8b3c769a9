import { ManualClock } from "coatcheck/testing";
import { describe, expect, test } from "vitest";
import type { StoredKey } from "../../src/passes/access-store.ts";
import { describeOnEveryDatabase } from "./support/every-database.ts";

const MINUTE = 60_000;

const key = (kid: string, changes: Partial<StoredKey> = {}): StoredKey => ({
  kid,
  purpose: "passes",
  privateKey: `private ${kid}`,
  isEncrypted: false,
  publicJwk: `{"kid":"${kid}"}`,
  publishedAt: 1_000,
  signsFrom: 2_000,
  ...changes,
});

describeOnEveryDatabase((database) => {
  async function open() {
    const clock = new ManualClock();
    return { clock, access: (await database.open(clock)).access };
  }

  describe("keys", () => {
    test("are what was added, by purpose", async () => {
      const { access } = await open();
      expect(await access.listKeys("passes")).toEqual([]);
      const stored = key("one", { isEncrypted: true });
      expect(await access.addKey(stored, [])).toBe(true);
      expect(await access.addKey(key("two", { purpose: "identity" }), [])).toBe(true);
      expect(await access.listKeys("passes")).toEqual([stored]);
      expect(await access.removeKey("one")).toBe(true);
      expect(await access.removeKey("one")).toBe(false);
      expect(await access.listKeys("passes")).toEqual([]);
    });

    test("are added to those that were seen, and to no others", async () => {
      const { access } = await open();
      await access.addKey(key("one"), []);
      expect(await access.addKey(key("two"), [])).toBe(false);
      expect(await access.addKey(key("two"), ["one", "gone"])).toBe(false);
      expect(await access.addKey(key("two"), ["another"])).toBe(false);
      expect(await access.addKey(key("two"), ["one"])).toBe(true);
    });

    test("of many who rotate at once, on several nodes, one does", async () => {
      const nodes = await Promise.all([open(), open(), open()]);
      const added = await Promise.all(
        Array.from({ length: 12 }, (_, index) => nodes[index % 3]?.access.addKey(key(`key ${index}`), [])),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
    });
  });

  describe("revocations", () => {
    test("name sessions that end and may have passes left, whichever was noted first", async () => {
      const { access, clock } = await open();
      const soon = clock.now() + MINUTE;
      expect(await access.readRevocations()).toEqual({ sequence: 0, issuedBefore: 0, sessions: [] });
      await access.notePasses("a", soon);
      await access.noteEnding(["a", "b"], soon);
      expect(await access.readRevocations()).toEqual({ sequence: 1, issuedBefore: 0, sessions: ["a"] });
      await access.notePasses("b", soon);
      const { sequence, sessions } = await access.readRevocations();
      expect([sequence, [...sessions].sort()]).toEqual([1, ["a", "b"]]);
    });

    test("grow in sequence with what is new, and with nothing else", async () => {
      const { access, clock } = await open();
      const soon = clock.now() + MINUTE;
      for (const [digests, sequence] of [
        [["a"], 1],
        [["a"], 1],
        [["a", "b"], 2],
        [[], 2],
      ] as const) {
        await access.noteEnding(digests, soon);
        expect((await access.readRevocations()).sequence).toBe(sequence);
      }
    });

    test("forget no one, however many note the same at once", async () => {
      const nodes = await Promise.all([open(), open()]);
      const soon = (nodes[0]?.clock.now() ?? 0) + MINUTE;
      const digests = Array.from({ length: 20 }, (_, index) => `session ${index}`);
      await Promise.all(
        nodes.flatMap(({ access }) => [
          ...digests.map((digest) => access.notePasses(digest, soon)),
          access.noteEnding(digests, soon),
          access.noteEnding([...digests].reverse(), soon),
        ]),
      );
      const read = await nodes[0]?.access.readRevocations();
      expect([...(read?.sessions ?? [])].sort()).toEqual([...digests].sort());
      expect(read?.sequence).toBe(1);
    });

    test("void everything of before a time, which never goes back", async () => {
      const { access } = await open();
      await access.voidPassesBefore(5_000);
      await access.voidPassesBefore(4_000);
      expect(await access.readRevocations()).toEqual({ sequence: 2, issuedBefore: 5_000, sessions: [] });
    });
  });

  describe("what is past its time", () => {
    test("is named no more, and removed a little at a time", async () => {
      const { access, clock } = await open();
      const digests = ["a", "b", "c"];
      for (const digest of digests) await access.notePasses(digest, clock.now() + MINUTE);
      await access.noteEnding(digests, clock.now() + 2 * MINUTE);
      expect(await access.removeExpired(10)).toBe(0);
      clock.advanceSeconds(60);
      expect((await access.readRevocations()).sessions).toEqual([]);
      expect(await access.removeExpired(2)).toBe(2);
      expect(await access.removeExpired(2)).toBe(1);
      expect(await access.removeExpired(2)).toBe(0);
      clock.advanceSeconds(60);
      expect(await access.removeExpired(2)).toBe(2);
    });

    test("is the latest time that was noted", async () => {
      const { access, clock } = await open();
      await access.notePasses("a", clock.now() + 2 * MINUTE);
      await access.notePasses("a", clock.now() + MINUTE);
      await access.noteEnding(["a"], clock.now() + 3 * MINUTE);
      clock.advanceSeconds(90);
      expect((await access.readRevocations()).sessions).toEqual(["a"]);
    });
  });
});
