import { MAXIMUM_LOGIN_SECONDS, type SessionRecord } from "coatcheck/store";
import { sessionRecordNamed } from "coatcheck/testing";
import { describe, expect, test } from "vitest";
import { decideInsert, type InsertFacts } from "../../src/core/insert-decision.ts";

const NOW = 1_800_000_000_000;

function recordOf(name: string, changes: Partial<SessionRecord> = {}): SessionRecord {
  return { ...sessionRecordNamed(name, NOW), ...changes };
}

function seenAgo(name: string, milliseconds: number): SessionRecord {
  return recordOf(name, { lastSeenAt: NOW - milliseconds });
}

function decide(changes: Partial<InsertFacts> = {}) {
  return decideInsert({
    record: recordOf("new"),
    reading: { fence: null, readAt: NOW },
    limit: { maximum: 2, whenFull: "evict" },
    replaces: undefined,
    now: NOW,
    fence: null,
    isBuried: false,
    sessions: [],
    ...changes,
  });
}

describe("refuses, by the first rule that applies,", () => {
  const tooOld = { fence: null, readAt: NOW - MAXIMUM_LOGIN_SECONDS * 1_000 - 1 };
  const full = { maximum: 1, whenFull: "refuse" } as const;
  const everything = { fence: "raised", reading: tooOld, isBuried: true, limit: full, sessions: [recordOf("other")] };

  test("a login that a fence has overtaken", () => {
    expect(decide(everything)).toEqual({ outcome: "login_overtaken" });
  });

  test("a login that took too long", () => {
    expect(decide({ ...everything, fence: null })).toEqual({ outcome: "login_expired" });
  });

  test("an id that has a tombstone or is in use", () => {
    const inTime = { ...everything, fence: null, reading: { fence: null, readAt: NOW } };
    expect(decide(inTime)).toEqual({ outcome: "id_unavailable" });
    expect(decide({ ...inTime, isBuried: false, sessions: [recordOf("new")] })).toEqual({ outcome: "id_unavailable" });
  });

  test("one session too many, where the limit says so", () => {
    expect(decide({ limit: full, sessions: [recordOf("other")] })).toEqual({ outcome: "session_limit_reached" });
  });
});

test("a fence that the login saw, or one that is gone, refuses nothing", () => {
  for (const fence of ["seen", null]) {
    expect(decide({ fence, reading: { fence: "seen", readAt: NOW } }).outcome).toBe("insert");
  }
});

test("makes room: what expired, what is replaced, and the least recently seen of the others", () => {
  const expired = recordOf("expired", { idleDeadline: NOW });
  const [replaced, older, newer] = [seenAgo("replaced", 9), seenAgo("older", 5), seenAgo("newer", 1)];
  const decision = decide({ replaces: replaced.sessionId, sessions: [newer, replaced, expired, older] });
  expect(decision).toEqual({ outcome: "insert", expired: [expired], replaced: [replaced], evicted: [older] });
});

test("neither the expired session nor the replaced one counts against the limit", () => {
  const expired = recordOf("expired", { idleDeadline: NOW });
  const replaced = seenAgo("replaced", 9);
  const limit = { maximum: 1, whenFull: "refuse" } as const;
  expect(decide({ limit, replaces: replaced.sessionId, sessions: [expired, replaced] })).toMatchObject({
    outcome: "insert",
    evicted: [],
  });
});

test("leaves the list that it was given as it was", () => {
  const sessions = [seenAgo("newer", 1), seenAgo("older", 5), seenAgo("oldest", 9)];
  const before = [...sessions];
  expect(decide({ sessions })).toMatchObject({ evicted: [before[2], before[1]] });
  expect(sessions).toEqual(before);
});
