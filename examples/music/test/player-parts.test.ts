import { describe, expect, test } from "vitest";
import { renewalDelay } from "../src/player/renewal-delay.ts";
import { clockText, spokenTime } from "../src/player/time-text.ts";

describe("a pass is exchanged", () => {
  test.each([
    { lifetime: 300_000, delay: 270_000, name: "half a minute before it ends" },
    { lifetime: 60_000, delay: 30_000, name: "halfway, if it lives for a minute" },
    { lifetime: 2_000, delay: 1_000, name: "halfway, if it lives for less" },
  ])("$name", ({ lifetime, delay }) => {
    expect(renewalDelay(lifetime)).toBe(delay);
  });
});

describe("a time", () => {
  test.each([
    [0, "0:00", "0 seconds"],
    [-0.2, "0:00", "0 seconds"],
    [1.9, "0:01", "1 second"],
    [60, "1:00", "1 minute"],
    [125.7, "2:05", "2 minutes 5 seconds"],
  ])("%d seconds: %s on the clock, %s aloud", (seconds, clock, aloud) => {
    expect([clockText(seconds), spokenTime(seconds)]).toEqual([clock, aloud]);
  });
});
