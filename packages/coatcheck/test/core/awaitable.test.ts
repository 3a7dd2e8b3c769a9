import { describe, expect, test, vi } from "vitest";
import { type Awaitable, whenAnswered } from "../../src/core/awaitable.ts";

describe("whenAnswered", () => {
  test.each<[string, () => Awaitable<string>, string, boolean]>([
    ["goes on in the same turn with what is there", () => "yes", "yes", true],
    ["goes on later with what comes", () => Promise.resolve("yes"), "yes", false],
    [
      "takes what is thrown for a failure",
      () => {
        throw new Error("no");
      },
      "no",
      true,
    ],
    ["and a rejection, too", () => Promise.reject(new Error("no")), "no", false],
  ])("%s", async (_name, ask, expected, isAtOnce) => {
    const next = vi.fn();
    const outcome = await new Promise<string>((resolve) => {
      whenAnswered(
        ask,
        (value) => resolve(next(value) ?? value),
        (error) => resolve(next() ?? (error as Error).message),
      );
      expect(next).toHaveBeenCalledTimes(isAtOnce ? 1 : 0);
    });
    expect(outcome).toBe(expected);
    expect(next).toHaveBeenCalledTimes(1);
  });
});
