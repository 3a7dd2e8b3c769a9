import fc from "fast-check";
import { expect, test } from "vitest";
import { honestSteps, stepsWithThief } from "./support/rotation-steps.ts";
import { RotationStory } from "./support/rotation-story.ts";

const options = { numRuns: 1_000 };

test("an honest browser whose responses cross and get lost is never refused", async () => {
  const property = fc.asyncProperty(honestSteps, async (steps) => {
    const answers = await RotationStory.tell(steps);
    expect(answers.filter(({ authentication }) => authentication === null)).toEqual([]);
  });
  await fc.assert(property, options);
});

test("after a confirmed rotation and its grace, browser and thief are never both accepted", async () => {
  const property = fc.asyncProperty(stepsWithThief, async (steps) => {
    const holderOf = new Map<string, string>();
    for (const { presenter, authentication, settledSince } of await RotationStory.tell(steps)) {
      if (authentication === null || settledSince === null) continue;
      expect(holderOf.get(settledSince) ?? presenter).toBe(presenter);
      holderOf.set(settledSince, presenter);
    }
  });
  await fc.assert(property, options);
});

test("a browser is never locked out in silence: if it is refused, the thief is out as well", async () => {
  const property = fc.asyncProperty(stepsWithThief, async (steps) => {
    const answers = await RotationStory.tell(steps);
    expect(answers.filter(({ authentication, alive }) => authentication === null && alive)).toEqual([]);
  });
  await fc.assert(property, options);
});

test("a copy made before the user re-authenticates is never fresh, nor is anything that it is exchanged for", async () => {
  const property = fc.asyncProperty(stepsWithThief, async (steps) => {
    const answers = await RotationStory.tell([{ do: "thief copies" }, ...steps]);
    const ofThief = answers.filter(({ presenter }) => presenter === "thief");
    expect(ofThief.filter(({ authentication }) => authentication?.fresh)).toEqual([]);
  });
  await fc.assert(property, options);
});
