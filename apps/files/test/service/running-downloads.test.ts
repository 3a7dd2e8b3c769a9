import { expect, test } from "vitest";
import { RunningDownloads } from "../../src/running-downloads.ts";

function downloadsAt(clock: { milliseconds: number }, ended: ReadonlySet<string> = new Set()) {
  const cuts: string[] = [];
  const downloads = new RunningDownloads({
    maximumMilliseconds: 10_000,
    maximumPerSession: 2,
    hasEnded: ({ session }) => ended.has(session),
    elapsed: () => clock.milliseconds,
  });
  const begin = (session: string) => {
    const pass = { path: "/", issuedAt: 0, expiresAt: 0, session };
    const download = { pass, cut: (reason: string) => void cuts.push(`${session} ${reason}`) };
    if (!downloads.begin(download)) throw new Error("That is one too many.");
    return download;
  };
  return { downloads, begin, cuts };
}

test("what runs for too long is cut, and nothing else", () => {
  const clock = { milliseconds: 0 };
  const { downloads, begin, cuts } = downloadsAt(clock);
  begin("first");
  clock.milliseconds = 1;
  const second = begin("second");
  clock.milliseconds = 9_999;
  downloads.cutOverdue();
  expect(cuts).toEqual([]);
  clock.milliseconds = 10_000;
  downloads.cutOverdue();
  expect(cuts).toEqual(["first took_too_long"]);
  downloads.end(second);
  clock.milliseconds = 20_000;
  downloads.cutOverdue();
  expect([cuts.length, downloads.count]).toEqual([1, 0]);
});

test("those of a session that ended are cut, each of them, once", () => {
  const ended = new Set<string>();
  const { downloads, begin, cuts } = downloadsAt({ milliseconds: 0 }, ended);
  for (const session of ["ada", "grace", "ada"]) begin(session);
  downloads.cutEnded();
  expect(cuts).toEqual([]);
  ended.add("ada");
  downloads.cutEnded();
  downloads.cutEnded();
  expect(cuts).toEqual(["ada session_ended", "ada session_ended"]);
  expect(downloads.count).toBe(1);
});

test("a session has so many at a time, and another one when one of them has ended, however it did", () => {
  const clock = { milliseconds: 0 };
  const { downloads, begin } = downloadsAt(clock);
  const [first] = [begin("ada"), begin("ada")];
  expect(() => begin("ada")).toThrow();
  begin("grace");
  if (first !== undefined) downloads.end(first);
  const third = begin("ada");
  clock.milliseconds = 10_000;
  // Cut, but not gone yet.
  downloads.cutOverdue();
  expect(() => begin("ada")).toThrow();
  downloads.end(third);
  begin("ada");
});
