import { KeySchedule, type KeyTimes, type ScheduledKey } from "coatcheck/keys";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const TIMES: KeyTimes = { publicationSeconds: 300, retentionSeconds: 600 };
const SECOND = 1_000;

const scheduleOf = (...keys: readonly ScheduledKey[]) => new KeySchedule(keys, TIMES);
const first: ScheduledKey = { kid: "first", publishedAt: 0, signsFrom: 0 };
const second: ScheduledKey = { kid: "second", publishedAt: 1_000 * SECOND, signsFrom: 1_300 * SECOND };

describe("rotation", () => {
  test("the very first key signs at once", () => {
    expect(scheduleOf().signing(5)).toBeNull();
    expect(scheduleOf().decideRotation(5)).toEqual({ outcome: "rotate", signsFrom: 5 });
  });

  test("a further one is published first, and signs when every verifier has read of it", () => {
    expect(scheduleOf(first).decideRotation(1_000 * SECOND)).toEqual({ outcome: "rotate", signsFrom: 1_300 * SECOND });
    const both = scheduleOf(second, first);
    expect(both.signing(1_299 * SECOND)).toBe(first);
    expect(both.signing(1_300 * SECOND)).toBe(second);
  });

  test("may wait longer, for verifiers whose keys are brought by hand, and never shorter", () => {
    const decision = scheduleOf(first).decideRotation(1_000 * SECOND, 86_400);
    expect(decision).toEqual({ outcome: "rotate", signsFrom: 87_400 * SECOND });
    expect(scheduleOf(first).decideRotation(0, 1)).toEqual({ outcome: "rotate", signsFrom: 300 * SECOND });
  });

  test("is refused while a new key waits", () => {
    const both = scheduleOf(first, second);
    const refused = { outcome: "refused", waitingKid: "second", until: 1_300 * SECOND };
    expect(both.decideRotation(1_299 * SECOND)).toEqual(refused);
    expect(both.decideRotation(1_300 * SECOND)).toMatchObject({ outcome: "rotate" });
  });
});

describe("retirement", () => {
  const both = scheduleOf(first, second);

  test("waits for the end of what the key has signed", () => {
    const until = 1_900 * SECOND;
    expect(both.stateOf(first, 1_299 * SECOND)).toBe("signing");
    expect(both.decideRetirement(first, 1_299 * SECOND)).toEqual({ outcome: "refused", state: "signing", until });
    expect(both.decideRetirement(first, until - 1)).toEqual({ outcome: "refused", state: "superseded", until });
    expect(both.decideRetirement(first, until)).toEqual({ outcome: "retire" });
  });

  test("is refused for the key that signs, and for one that waits", () => {
    expect(both.decideRetirement(second, 1_299 * SECOND)).toEqual({
      outcome: "refused",
      state: "waiting",
      until: null,
    });
    expect(both.decideRetirement(second, 9_999 * SECOND)).toEqual({
      outcome: "refused",
      state: "signing",
      until: null,
    });
  });
});

test("whatever is done when, a token is verified to its end by every verifier that reads the keys in time", () => {
  const step = fc.record({ waitSeconds: fc.nat(700), command: fc.constantFrom("rotate", "retire", "nothing") });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let now = 0;
      let keys: readonly ScheduledKey[] = [{ kid: "0", publishedAt: 0, signsFrom: 0 }];
      const history: { readonly at: number; readonly kids: ReadonlySet<string> }[] = [];
      const tokens: { readonly kid: string; readonly issuedAt: number }[] = [];
      for (const { waitSeconds, command } of steps) {
        for (let second = 0; second < waitSeconds; second += 50) {
          const at = now + second * SECOND;
          history.push({ at, kids: new Set(keys.map(({ kid }) => kid)) });
          tokens.push({ kid: new KeySchedule(keys, TIMES).signing(at)?.kid ?? "none", issuedAt: at });
        }
        now += waitSeconds * SECOND;
        const schedule = new KeySchedule(keys, TIMES);
        if (command === "rotate") {
          const decision = schedule.decideRotation(now);
          if (decision.outcome === "rotate") {
            keys = [...keys, { kid: String(now), publishedAt: now, signsFrom: decision.signsFrom }];
          }
        }
        if (command === "retire") keys = keys.filter((key) => schedule.decideRetirement(key, now).outcome !== "retire");
      }
      // A verifier goes on with any set that was published within the publication time before the token is presented.
      for (const { kid, issuedAt } of tokens) {
        for (const { at, kids } of history) {
          const isReadInTime = at >= issuedAt - TIMES.publicationSeconds * SECOND;
          const isStillGood = at < issuedAt + TIMES.retentionSeconds * SECOND;
          if (isReadInTime && isStillGood) expect(kids).toContain(kid);
        }
      }
    }),
  );
});
