import { describe, expect, test } from "vitest";
import { type Recognition, recognise } from "../../src/core/secret-rotation.ts";
import { NOW, recordWith, type SecretName, secrets } from "./support/secrets.ts";

type State = Parameters<typeof recordWith>[0];
type Expected = Partial<Record<SecretName, Recognition>>;

// What every secret of the session is, state by state. A secret that a row does not name has the right lineage and is
// none of those in force: `reused`. One that was never issued is `unknown` in every state.
const rows: readonly (readonly [name: string, state: State, expected: Expected])[] = [
  ["settled", {}, { current: "current" }],
  ["one just sent out", { pending: { ageSeconds: 0 } }, { current: "current", pending: "pending" }],
  ["one sent out 60 s ago", { pending: { ageSeconds: 60 } }, { current: "current", pending: "pending" }],
  // Late is not never: as long as nothing took its place it is good, and confirms.
  ["one sent out and lost", { pending: { ageSeconds: 60.001 } }, { current: "current", pending: "pending" }],
  [
    "the second one lost",
    { pending: { ageSeconds: 61, attempt: 2 } },
    // One more may go out in its place.
    { current: "current", pending: "pending" },
  ],
  ["the third one on its way", { pending: { ageSeconds: 60, attempt: 3 } }, { current: "current", pending: "pending" }],
  [
    "the third one lost",
    { pending: { ageSeconds: 60.001, attempt: 3 } },
    // Who reads the answers does not take cookies up: that is no reason to sign anyone out.
    { current: "current", pending: "pending" },
  ],
  ["one in grace", { grace: [30] }, { current: "current", firstGrace: "grace" }],
  ["one in the last millisecond of grace", { grace: [0.001] }, { current: "current", firstGrace: "grace" }],
  ["one at the end of its grace", { grace: [0] }, { current: "current" }],
  ["two in grace", { grace: [30, 1] }, { current: "current", firstGrace: "grace", secondGrace: "grace" }],
  ["one of two past its grace", { grace: [29, -1] }, { current: "current", firstGrace: "grace" }],
  [
    "re-authenticated in grace: one on its way, one in grace",
    { pending: { ageSeconds: 1 }, grace: [29] },
    { current: "current", pending: "pending", firstGrace: "grace" },
  ],
];

const PRESENTED: readonly SecretName[] = ["current", "pending", "firstGrace", "secondGrace", "superseded", "madeUp"];

describe("what a presented secret is", () => {
  for (const [name, state, expected] of rows) {
    describe(name, () => {
      test.each(PRESENTED)("presented: %s", (presented) => {
        const otherwise = presented === "madeUp" ? "unknown" : "reused";
        expect(recognise(recordWith(state), secrets[presented], NOW)).toBe(expected[presented] ?? otherwise);
      });
    });
  }
});

test("a secret with the right lineage and a made-up nonce counts as reused: only a holder knows the lineage", () => {
  const { lineage } = secrets.current;
  const guessed = { ...secrets.current, secret: lineage + "A".repeat(20) };
  expect(recognise(recordWith({}), guessed, NOW)).toBe("reused");
});

test("a secret with the right nonce and another lineage is unknown", () => {
  const lineage = "A".repeat(12);
  const guessed = { ...secrets.current, lineage, secret: lineage + secrets.current.secret.slice(12) };
  expect(recognise(recordWith({}), guessed, NOW)).toBe("unknown");
});
