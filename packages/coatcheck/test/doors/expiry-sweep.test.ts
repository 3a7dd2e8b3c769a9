import { CoatcheckError, SessionManager } from "coatcheck";
import { coatcheck as coatcheckExpress } from "coatcheck/express";
import { coatcheck as coatcheckFastify } from "coatcheck/fastify";
import { coatcheck as coatcheckFetch } from "coatcheck/fetch";
import { coatcheck as coatcheckHono } from "coatcheck/hono";
import { coatcheck as coatcheckNode } from "coatcheck/node";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** As much of a door as these tests look at. */
type OpenDoor = (options: {
  readonly origin: string;
  readonly findUser: (id: string) => { readonly id: string };
  readonly store?: MemorySessionStore;
  readonly sessions?: SessionManager;
  readonly clock?: ManualClock;
}) => { readonly sessions: SessionManager; close(): Promise<void> };

const doors: readonly (readonly [string, OpenDoor])[] = [
  ["express", coatcheckExpress],
  ["fastify", coatcheckFastify],
  ["fetch", coatcheckFetch],
  ["hono", coatcheckHono],
  ["node", coatcheckNode],
];

const MINUTE = 60_000;
const parts = { origin: "http://localhost:3000", findUser: (id: string) => ({ id }) };
const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
  warn.mockClear();
});

/** A door with so many sessions that are over, and what its store was asked to remove. */
async function setUp(open: OpenDoor, sessions = 1) {
  const clock = new ManualClock();
  const store = new MemorySessionStore({ clock });
  const door = open({ ...parts, store, clock });
  for (let user = 0; user < sessions; user++) await door.sessions.login(await door.sessions.begin(`user ${user}`));
  clock.advanceSeconds(2 * 86_400);
  const { deleteExpired } = store;
  const removed: number[] = [];
  store.deleteExpired = async (limit) => {
    const gone = await deleteExpired.call(store, limit);
    removed.push(gone.length);
    return gone;
  };
  return { door, store, clock, removed };
}

describe.each(doors)("coatcheck/%s", (_framework, open) => {
  test("removes expired sessions, a first time within a minute, and each minute after that", async () => {
    const { door, removed } = await setUp(open);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(removed).toEqual([1]);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(removed).toEqual([1, ...Array<number>(10).fill(0)]);
    await door.close();
  });

  test("ends that when it is closed, however often", async () => {
    const { door, removed } = await setUp(open);
    await door.close();
    await door.close();
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect([removed, vi.getTimerCount()]).toEqual([[], 0]);
  });

  test("leaves sessions that are made elsewhere to those who made them", async () => {
    const sessions = new SessionManager({ store: new MemorySessionStore() });
    const door = open({ ...parts, sessions });
    expect(vi.getTimerCount()).toBe(0);
    await door.close();
    expect(door.sessions).toBe(sessions);
  });
});

const open = coatcheckExpress as OpenDoor;

test("many machines that start together do not sweep together", () => {
  const delays = new Set<number>();
  for (let machine = 0; machine < 20; machine++) {
    const before = vi.getTimerCount();
    const setTimeoutOf = vi.spyOn(globalThis, "setTimeout");
    open(parts);
    delays.add(Number(setTimeoutOf.mock.calls[0]?.[1]));
    setTimeoutOf.mockRestore();
    expect(vi.getTimerCount()).toBe(before + 1);
  }
  expect(delays.size).toBeGreaterThan(10);
  for (const delay of delays) expect(delay >= 0 && delay < MINUTE).toBe(true);
});

test("the timer keeps no process running", () => {
  vi.useRealTimers();
  const timers: NodeJS.Timeout[] = [];
  const { setTimeout: real } = globalThis;
  const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((call: () => void, delay: number) => {
    const timer = real(call, delay);
    timers.push(timer);
    return timer;
  }) as typeof setTimeout);
  void open(parts).close();
  spy.mockRestore();
  expect(timers.map((timer) => timer.hasRef())).toEqual([false]);
});

test("more than a thousand are removed at once, a thousand at a time", async () => {
  const { door, removed } = await setUp(open, 1_500);
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(removed).toEqual([1_000, 500]);
  await door.close();
});

test("a store that is down is one warning until it is up again, and the sweep goes on", async () => {
  const { door, store, removed } = await setUp(open);
  const { deleteExpired } = store;
  const fail = () => Promise.reject(new CoatcheckError("store_unavailable", "The store is down."));
  store.deleteExpired = fail;
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  expect(warn.mock.calls.map(([message]) => String(message))).toEqual([expect.stringMatching("The store is down.")]);
  store.deleteExpired = deleteExpired;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(removed).toEqual([1]);
  store.deleteExpired = fail;
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(warn).toHaveBeenCalledTimes(2);
  await door.close();
});

test("close waits for a sweep that is under way, so that the store may be closed then", async () => {
  const { door, store } = await setUp(open);
  let finish = (): void => {};
  store.deleteExpired = () => new Promise((resolve) => (finish = () => resolve([])));
  await vi.advanceTimersToNextTimerAsync();
  let isClosed = false;
  const closing = door.close().then(() => (isClosed = true));
  await vi.advanceTimersByTimeAsync(MINUTE / 2 - 1);
  expect(isClosed).toBe(false);
  finish();
  await closing;
  expect([isClosed, vi.getTimerCount()]).toEqual([true, 0]);
});

test("a store that never answers holds neither close nor the next sweep up, and is warned of", async () => {
  const { door, store, removed } = await setUp(open);
  const { deleteExpired } = store;
  store.deleteExpired = () => new Promise(() => {});
  await vi.advanceTimersToNextTimerAsync();
  const closing = door.close();
  await vi.advanceTimersByTimeAsync(MINUTE / 2);
  await closing;
  expect(vi.getTimerCount()).toBe(0);

  const other = open({ ...parts, store });
  await vi.advanceTimersToNextTimerAsync();
  store.deleteExpired = deleteExpired;
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(removed).toEqual([1]);
  expect(warn.mock.calls.map(([message]) => String(message))).toEqual([
    expect.stringMatching(/did not remove expired sessions within 30 seconds/),
    expect.stringMatching(/did not remove expired sessions within 30 seconds/),
  ]);
  await other.close();
});
