import { CoatcheckError } from "coatcheck";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoundedCalls } from "../../src/core/bounded-calls.ts";

const never = () => new Promise<never>(() => {});

describe("calls of a store", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  test("pass the answer on", async () => {
    expect(await new BoundedCalls("Redis", {}).run(async () => 7)).toBe(7);
  });

  test("fail with the fault as the cause", async () => {
    const cause = new Error("connection refused");
    const call = new BoundedCalls("Redis", {}).run(() => Promise.reject(cause));
    await expect(call).rejects.toMatchObject({ code: "store_unavailable", statusCode: 503, cause });
  });

  test("fail the same way when the client throws instead of rejecting, and are counted no longer", async () => {
    const calls = new BoundedCalls("Redis", { maximumInFlight: 1 });
    const throws = () => {
      throw new Error("not connected");
    };
    await expect(calls.run(throws)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(await calls.run(async () => "again")).toBe("again");
  });

  test("keep a fault that has a code of its own", async () => {
    const fault = new CoatcheckError("store_schema_unsupported", "Written by another version.");
    await expect(new BoundedCalls("Redis", {}).run(() => Promise.reject(fault))).rejects.toBe(fault);
  });

  test("fail at the deadline, and no sooner", async () => {
    const calls = new BoundedCalls("Redis", { deadlineMilliseconds: 500 });
    let failure: unknown = null;
    calls.run(never).catch((error: unknown) => {
      failure = error;
    });
    await vi.advanceTimersByTimeAsync(499);
    expect(failure).toBe(null);
    await vi.advanceTimersByTimeAsync(1);
    expect(failure).toMatchObject({ code: "store_unavailable", message: expect.stringContaining("within 500 ms") });
  });

  test("each have their whole time, by one timer", async () => {
    const calls = new BoundedCalls("Redis", { deadlineMilliseconds: 500 });
    const failed: string[] = [];
    const ask = (name: string) => {
      calls.run(never).catch(() => failed.push(name));
    };
    ask("first");
    await vi.advanceTimersByTimeAsync(200);
    ask("second");
    await calls.run(async () => "an answer");
    await vi.advanceTimersByTimeAsync(100);
    ask("third");
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(failed).toEqual(["first"]);
    await vi.advanceTimersByTimeAsync(199);
    expect(failed).toEqual(["first"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(failed).toEqual(["first", "second"]);
    await vi.advanceTimersByTimeAsync(100);
    expect(failed).toEqual(["first", "second", "third"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("have their time also after calls that were answered", async () => {
    const calls = new BoundedCalls("Redis", { deadlineMilliseconds: 500 });
    await calls.run(async () => "an answer");
    await vi.advanceTimersByTimeAsync(400);
    const onFailure = vi.fn();
    calls.run(never).catch(onFailure);
    await vi.advanceTimersByTimeAsync(499);
    expect(onFailure).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(onFailure).toHaveBeenCalledTimes(1);
  });

  test("keep their process while one waits, and no longer", async () => {
    const setTimer = vi.spyOn(globalThis, "setTimeout");
    const calls = new BoundedCalls("Redis", {});
    let answer = (_text: string) => {};
    const ask = () => calls.run(() => new Promise<string>((resolve) => (answer = resolve)));
    for (const turn of ["first", "second"]) {
      const asked = ask();
      const timer = setTimer.mock.results[0]?.value as NodeJS.Timeout;
      expect(timer.hasRef()).toBe(true);
      answer(turn);
      await asked;
      expect(timer.hasRef()).toBe(false);
    }
    expect(setTimer).toHaveBeenCalledTimes(1);
    setTimer.mockRestore();
  });

  test("do not pile up: what is overdue counts until it ends", async () => {
    const calls = new BoundedCalls("Redis", { deadlineMilliseconds: 500, maximumInFlight: 2 });
    let answer = (_text: string) => {};
    const slow = calls.run(() => new Promise<string>((resolve) => (answer = resolve)));
    const hung = calls.run(never);
    const overdue = Promise.allSettled([slow, hung]);
    await vi.advanceTimersByTimeAsync(500);
    expect((await overdue).map(({ status }) => status)).toEqual(["rejected", "rejected"]);

    const call = vi.fn(async () => "an answer");
    await expect(calls.run(call)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(call).not.toHaveBeenCalled();
    answer("late");
    await vi.advanceTimersByTimeAsync(0);
    expect(await calls.run(call)).toBe("an answer");
  });

  test("report silence once for each deadline in which nothing was answered", async () => {
    const onSilence = vi.fn();
    const calls = new BoundedCalls("Redis", { deadlineMilliseconds: 500 }, { onSilence });
    for (let call = 0; call < 3; call += 1) calls.run(never).catch(() => {});
    await vi.advanceTimersByTimeAsync(500);
    expect(onSilence).toHaveBeenCalledTimes(1);
    calls.run(never).catch(() => {});
    await vi.advanceTimersByTimeAsync(500);
    expect(onSilence).toHaveBeenCalledTimes(2);
  });

  test("take one slow call among answered ones for what it is", async () => {
    const onSilence = vi.fn();
    const calls = new BoundedCalls("Redis", { deadlineMilliseconds: 500 }, { onSilence });
    calls.run(never).catch(() => {});
    await vi.advanceTimersByTimeAsync(499);
    await calls.run(async () => "an answer");
    await vi.advanceTimersByTimeAsync(1);
    expect(onSilence).not.toHaveBeenCalled();
  });

  for (const limits of [
    { deadlineMilliseconds: 0 },
    { deadlineMilliseconds: 60_001 },
    { deadlineMilliseconds: 0.5 },
    { maximumInFlight: 0 },
    { maximumInFlight: Number.POSITIVE_INFINITY },
  ]) {
    test(`are not bounded by ${JSON.stringify(limits)}`, () => {
      expect(() => new BoundedCalls("Redis", limits)).toThrow(
        expect.objectContaining({ code: "invalid_configuration" }),
      );
    });
  }
});
