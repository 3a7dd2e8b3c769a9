import { describe, expect, test } from "vitest";
import { type HashingLine, HashingQueue } from "../../../src/accounts/passwords/hashing-queue.ts";

/** A queue of one hash at a time whose hashes end one by one, when they are told to. */
function openQueue(maximumWaiting: number) {
  const queue = new HashingQueue(1, maximumWaiting);
  const started: string[] = [];
  const endings: (() => void)[] = [];
  const enter = (line: HashingLine, name: string) => {
    const place = queue.enter(line);
    const task = () => {
      started.push(name);
      return new Promise<void>((resolve) => endings.push(resolve));
    };
    void place.run(task).finally(() => place.leave());
  };
  const endOne = async () => {
    await new Promise(setImmediate);
    endings.shift()?.();
    await new Promise(setImmediate);
  };
  return { queue, started, enter, endOne };
}

describe("in a flood of strangers", () => {
  test("a third of the places is left to known devices", () => {
    const { queue, enter } = openQueue(9);
    for (let index = 0; index < 7; index++) enter("stranger", `stranger ${index}`);
    expect(() => enter("stranger", "one too many")).toThrow(expect.objectContaining({ code: "overloaded" }));
    expect([queue.isFullFor("stranger"), queue.isFullFor("known")]).toEqual([true, false]);
    for (let index = 0; index < 3; index++) enter("known", `known ${index}`);
    expect(queue.isFullFor("known")).toBe(true);
  });

  test("a known device waits for the hash that is under way, and not for those that wait", async () => {
    const { enter, started, endOne } = openQueue(30);
    for (let index = 0; index < 20; index++) enter("stranger", `stranger ${index}`);
    enter("known", "owner");
    await endOne();
    expect(started).toEqual(["stranger 0", "owner"]);
  });
});

test("many known devices shut no stranger out: a third is left to those, and the lines are served in turns", async () => {
  const { queue, enter, started, endOne } = openQueue(9);
  for (let index = 0; index < 7; index++) enter("known", `known ${index}`);
  expect([queue.isFullFor("known"), queue.isFullFor("stranger")]).toEqual([true, false]);
  enter("stranger", "stranger 0");
  enter("stranger", "stranger 1");
  for (let hash = 0; hash < 4; hash++) await endOne();
  expect(started).toEqual(["known 0", "stranger 0", "known 1", "stranger 1", "known 2"]);
});

test("a place that is left twice, or whose hash failed, is free once", async () => {
  const queue = new HashingQueue(1, 0);
  const place = queue.enter("stranger");
  await expect(place.run(() => Promise.reject(new Error("out of memory")))).rejects.toThrow("out of memory");
  place.leave();
  place.leave();
  queue.enter("stranger");
  expect(queue.isFullFor("stranger")).toBe(true);
});
