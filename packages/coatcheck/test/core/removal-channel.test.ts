import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RemovalChannel } from "../../src/core/removal-channel.ts";
import type { RemovedSession } from "../../src/core/session-record.ts";
import { FakeRemovalSource } from "./support/fake-removal-source.ts";

/** Longer than any pause, deadline and heartbeat together. */
const LONG_ENOUGH = 10_000;
const removed: RemovedSession = { userKey: "key", sessionId: "phone", userId: "ada", reason: "revoked" };

describe("a channel of removals", () => {
  let source: FakeRemovalSource;
  let channel: RemovalChannel;

  beforeEach(() => {
    vi.useFakeTimers();
    source = new FakeRemovalSource();
    channel = new RemovalChannel(source);
  });

  afterEach(() => {
    channel.close();
    vi.useRealTimers();
  });

  /** What a subscriber hears, in order. */
  function listen() {
    const heard: string[] = [];
    const unsubscribe = channel.subscribe(
      ({ sessionId }) => heard.push(sessionId),
      (state) => heard.push(state),
    );
    return { heard, unsubscribe };
  }

  /** A subscriber of an open channel. */
  async function listenOpenly() {
    const listening = listen();
    await vi.advanceTimersByTimeAsync(0);
    expect(listening.heard).toEqual(["open"]);
    return { ...listening, connection: source.newest };
  }

  test("connects for the first subscriber alone, and tells each of what it hears", async () => {
    expect(source.connections).toEqual([]);
    const first = await listenOpenly();
    const second = listen();
    source.newest.tell(removed);
    expect(source.connections).toHaveLength(1);
    expect(first.heard).toEqual(["open", "phone"]);
    expect(second.heard).toEqual(["open", "phone"]);
  });

  test("is not open before the server has said so", async () => {
    const answer = source.hangNextOpening();
    const { heard } = listen();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toEqual([]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["open"]);
  });

  test("stays until the last subscriber has gone, and then closes its connection", async () => {
    const [first, second] = [await listenOpenly(), listen()];
    first.unsubscribe();
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(source.newest.isClosed).toBe(false);
    second.unsubscribe();
    await vi.advanceTimersByTimeAsync(0);
    expect(source.newest.isClosed).toBe(true);
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(source.connections).toHaveLength(1);
  });

  test("connects again for a subscriber that comes after the last has gone, and is not open before that", async () => {
    const first = await listenOpenly();
    first.unsubscribe();
    const answer = source.hangNextOpening();
    const { heard } = listen();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard).toEqual([]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["open"]);
    first.connection.tell(removed);
    expect(heard).toEqual(["open"]);
  });

  test("reports the gap when the connection is lost, closes what is left of it, and connects again", async () => {
    const { heard, connection } = await listenOpenly();
    connection.lose();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["open", "interrupted"]);
    expect(connection.isClosed).toBe(true);
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(heard).toEqual(["open", "interrupted", "open"]);
    expect(source.connections).toHaveLength(2);
  });

  test("believes nothing that a lost connection still says", async () => {
    const { heard, connection } = await listenOpenly();
    connection.lose();
    connection.tell(removed);
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    connection.tell(removed);
    expect(heard).toEqual(["open", "interrupted", "open"]);
  });

  test.each(["failing", "hanging"] as const)("takes a %s heartbeat for a lost connection", async (how) => {
    const { heard, connection } = await listenOpenly();
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(heard).toEqual(["open"]);
    connection.heartbeat = how;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(heard.slice(0, 2)).toEqual(["open", "interrupted"]);
    expect(connection.isClosed).toBe(true);
  });

  test("tries for ever while the server refuses, at growing distances of two seconds at the most", async () => {
    source.isRefusing = true;
    const { heard } = listen();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(heard).toEqual([]);
    const { attempts } = source;
    const pauses = attempts.slice(1).map((time, index) => time - (attempts[index] ?? 0));
    expect(pauses[0]).toBeLessThanOrEqual(100);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(2_000);
    expect(attempts.length).toBeLessThan(80);
    source.isRefusing = false;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(heard).toEqual(["open"]);
  });

  test("after a good connection it begins again with the shortest pause", async () => {
    source.isRefusing = true;
    const { heard } = listen();
    await vi.advanceTimersByTimeAsync(60_000);
    source.isRefusing = false;
    await vi.advanceTimersByTimeAsync(2_000);
    source.newest.lose();
    await vi.advanceTimersByTimeAsync(50);
    expect(heard).toEqual(["open", "interrupted", "open"]);
  });

  test("waits for an opening no longer than its deadline, and closes what opens too late", async () => {
    const answer = source.hangNextOpening();
    const { heard } = listen();
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(heard).toEqual(["open"]);
    const [late, inTime] = source.connections;
    expect(late?.isClosed).toBe(false);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(late?.isClosed).toBe(true);
    expect(inTime?.isClosed).toBe(false);
  });

  test("one that is lost while it opens is never called open", async () => {
    const answer = source.hangNextOpening();
    const { heard } = listen();
    await vi.advanceTimersByTimeAsync(0);
    source.newest.lose();
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual([]);
    expect(source.newest.isClosed).toBe(true);
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(heard).toEqual(["open"]);
  });

  test("reports a gap when primaries may have changed places, and goes on hearing", async () => {
    const { heard } = await listenOpenly();
    source.changeTopology();
    source.newest.tell(removed);
    expect(heard).toEqual(["open", "interrupted", "open", "phone"]);
    expect(source.connections).toHaveLength(1);
  });

  test("watches the primaries only while it listens", async () => {
    const { unsubscribe } = await listenOpenly();
    expect(source.watchers).toBe(1);
    source.newest.lose();
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(source.watchers).toBe(1);
    unsubscribe();
    await vi.advanceTimersByTimeAsync(0);
    expect(source.watchers).toBe(0);
  });

  test("once closed, tells its listeners nothing and never connects again", async () => {
    const { heard, connection } = await listenOpenly();
    channel.close();
    connection.tell(removed);
    await vi.advanceTimersByTimeAsync(LONG_ENOUGH);
    expect(heard).toEqual(["open"]);
    expect(connection.isClosed).toBe(true);
    expect(source.connections).toHaveLength(1);
  });
});
