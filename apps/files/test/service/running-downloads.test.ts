import { expect, test } from "vitest";
import { RunningDownloads } from "../../src/running-downloads.ts";

function downloadsAt(clock: { milliseconds: number }, ended: ReadonlySet<string> = new Set()) {
  const cuts: string[] = [];
  const downloads = new RunningDownloads({
    maximumMilliseconds: 10_000,
    hasEnded: ({ session }) => ended.has(session),
    elapsed: () => clock.milliseconds,
  });
  const begin = (session: string) => {
    const pass = { path: "/", issuedAt: 0, expiresAt: 0, session };
    const download = { pass, cut: (reason: string) => void cuts.push(`${session} ${reason}`) };
    downloads.begin(download);
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
