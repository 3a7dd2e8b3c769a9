import fc from "fast-check";
import type { ResponseKind, Step } from "./rotation-story.ts";

const response = fc.constantFrom<ResponseKind>("plain", "carries a cookie", "re-authenticates");

function step<Kind extends Step["do"]>(kind: Kind, weight: number, details: fc.Arbitrary<object>) {
  return { weight, arbitrary: details.map((detail) => ({ do: kind, ...detail }) as Step) };
}

const goOn = fc.record({ connection: fc.constantFrom(0, 1), response, lost: fc.boolean() });
// Just within and just past the grace and the times to confirm, and long enough for anything.
const wait = fc.record({ seconds: fc.constantFrom(1, 14, 29, 30, 31, 61, 901, 86_401) });

const browserSteps = [
  step("go on", 12, goOn),
  step("go on with both", 2, fc.record({ response })),
  step("wait", 6, wait),
];
const thiefSteps = [
  step("thief copies", 1, fc.constant({})),
  step("thief presents", 5, fc.record({ secret: fc.nat({ max: 5 }), response })),
];

// fast-check prefers short arrays; a story takes time to go wrong.
const length = { minLength: 20, maxLength: 80, size: "max" } as const;

export const honestSteps: fc.Arbitrary<Step[]> = fc.array(fc.oneof(...browserSteps), length);
export const stepsWithThief: fc.Arbitrary<Step[]> = fc.array(fc.oneof(...browserSteps, ...thiefSteps), length);
