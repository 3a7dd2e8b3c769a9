import { expect, test } from "vitest";
import { PacedRefusals } from "../../../src/accounts/throttling/paced-refusals.ts";

/** Refusals by a clock that stands still, with the pause that each of them would make. */
function openRefusals() {
  const pauses: number[] = [];
  let now = 0;
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const refusals = new PacedRefusals({
    now: () => now,
    pause: (milliseconds) => {
      pauses.push(milliseconds);
      return held;
    },
  });
  return { refusals, pauses, advance: (milliseconds: number) => (now += milliseconds), letGo: () => letGo() };
}

test("a person who is refused a few times is answered at once", async () => {
  const { refusals, pauses } = openRefusals();
  for (let refusal = 0; refusal < 25; refusal++) await refusals.turn();
  expect(pauses).toEqual([]);
});

test("a flood is answered at a steady rate, two seconds later at most, and not all of it at the same moment", async () => {
  const { refusals, pauses } = openRefusals();
  for (let refusal = 0; refusal < 525; refusal++) void refusals.turn();
  expect(pauses).toHaveLength(500);
  expect(pauses[0]).toBeLessThanOrEqual(20);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
  expect(new Set(pauses.slice(-100)).size).toBeGreaterThan(50);
});

test("what a flood holds open is bounded: above a thousand a refusal is answered at once", async () => {
  const { refusals, pauses, letGo } = openRefusals();
  for (let refusal = 0; refusal < 1_025; refusal++) void refusals.turn();
  await refusals.turn();
  expect(pauses).toHaveLength(1_000);
  letGo();
});

test("a flood that is over delays no one for long", async () => {
  const { refusals, pauses, advance, letGo } = openRefusals();
  for (let refusal = 0; refusal < 1_000; refusal++) void refusals.turn();
  letGo();
  advance(2_500);
  pauses.length = 0;
  await refusals.turn();
  expect(pauses).toEqual([]);
});
