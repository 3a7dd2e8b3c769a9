import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { honestSteps, stepsWithThief } from "./support/rotation-steps.ts";
import { type Answer, RotationStory } from "./support/rotation-story.ts";

const options = { numRuns: 1_000 };

describe.each(["as below", "by promise"] as const)("with a store that answers %s", (answers) => {
  test("an honest browser whose responses cross and get lost is never refused", async () => {
    const property = fc.asyncProperty(honestSteps, async (steps) => {
      const told = await RotationStory.tell(steps, answers);
      expect(told.filter(({ authentication }) => authentication === null)).toEqual([]);
    });
    await fc.assert(property, options);
  });

  test("after a confirmed rotation and its grace, browser and thief are never both accepted", async () => {
    const property = fc.asyncProperty(stepsWithThief, async (steps) => {
      const holderOf = new Map<string, string>();
      for (const { presenter, authentication, settledSince } of await RotationStory.tell(steps, answers)) {
        if (authentication === null || settledSince === null) continue;
        expect(holderOf.get(settledSince) ?? presenter).toBe(presenter);
        holderOf.set(settledSince, presenter);
      }
    });
    await fc.assert(property, options);
  });

  test("a browser is never locked out in silence: if it is refused, the thief is out as well", async () => {
    const property = fc.asyncProperty(stepsWithThief, async (steps) => {
      const told = await RotationStory.tell(steps, answers);
      expect(told.filter(({ authentication, alive }) => authentication === null && alive)).toEqual([]);
    });
    await fc.assert(property, options);
  });

  test("a copy made before the user re-authenticates is never fresh, nor is anything that it is exchanged for", async () => {
    const property = fc.asyncProperty(stepsWithThief, async (steps) => {
      const told = await RotationStory.tell([{ do: "thief copies" }, ...steps], answers);
      const ofThief = told.filter(({ presenter }) => presenter === "thief");
      expect(ofThief.filter(({ authentication }) => authentication?.fresh)).toEqual([]);
    });
    await fc.assert(property, options);
  });
});

test("what a store answers at once is judged as what it answers by a promise", async () => {
  const steps = stepsWithThief.map((all) => all.filter((step) => step.do !== "go on with both"));
  const property = fc.asyncProperty(steps, async (each) => {
    const atOnce = await RotationStory.tell(each, "as below");
    expect(verdictsOf(atOnce)).toEqual(verdictsOf(await RotationStory.tell(each, "by promise")));
  });
  await fc.assert(property, options);
});

function verdictsOf(answers: readonly Answer[]) {
  return answers.map(({ presenter, authentication, alive }) => {
    const { fresh, presented, rotationDue, authenticatedAt } = authentication ?? {};
    return { presenter, alive, fresh, presented, rotationDue, authenticatedAt };
  });
}
