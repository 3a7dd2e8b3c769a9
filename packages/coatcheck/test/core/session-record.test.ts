import type { SessionChange } from "coatcheck/store";
import { describe, expect, test } from "vitest";
import { applyChange, expiresAt } from "../../src/core/session-record.ts";
import { logIn, startSessions } from "./support/sessions-under-test.ts";

async function newRecord() {
  const { sessions, storedRecord } = startSessions();
  await logIn(sessions, { data: { theme: "dark" } });
  return storedRecord();
}

test("a session expires at whichever deadline comes first", () => {
  expect(expiresAt({ idleDeadline: 10, absoluteDeadline: 20 })).toBe(10);
  expect(expiresAt({ idleDeadline: 30, absoluteDeadline: 20 })).toBe(20);
});

test("a change leaves everything that it does not name, and adds one to the version", async () => {
  const record = await newRecord();
  expect(applyChange(record, { data: { theme: "light" } })).toEqual({
    ...record,
    data: { theme: "light" },
    version: record.version + 1,
  });
});

describe("deadlines only move forward", () => {
  const rows: readonly (readonly [name: string, offset: number, expected: number])[] = [
    ["later", 1_000, 1_000],
    ["the same", 0, 0],
    ["earlier", -1_000, 0],
  ];
  test.each(rows)("%s", async (_name, offset, expected) => {
    const record = await newRecord();
    const change: SessionChange = {
      idleDeadline: record.idleDeadline + offset,
      absoluteDeadline: record.absoluteDeadline + offset,
    };
    const changed = applyChange(record, change);
    expect(changed.idleDeadline - record.idleDeadline).toBe(expected);
    expect(changed.absoluteDeadline - record.absoluteDeadline).toBe(expected);
  });
});

test("the record of a login holds what was asked for, by the clock, under the policy", async () => {
  const { sessions, clock, storedRecord } = startSessions();
  const now = clock.now();
  const device = { label: "Firefox on Windows", userAgent: "Mozilla/5.0", ip: "192.0.2.0/24" };
  const { token } = await logIn(sessions, { remember: true, methods: ["hwk", "pin"], device, data: { a: 1 } });
  const secret = { digest: expect.stringMatching(/^[\w-]{43}$/), issuedAt: now, authenticatedAt: now };
  expect(await storedRecord()).toEqual({
    userKey: token.slice(0, 20),
    sessionId: token.slice(20, 32),
    userId: "ada",
    lineageDigest: expect.stringMatching(/^[\w-]{43}$/),
    current: secret,
    pending: null,
    grace: [],
    createdAt: now,
    lastSeenAt: now,
    idleDeadline: now + 7 * 86_400_000,
    absoluteDeadline: now + 30 * 86_400_000,
    methods: ["hwk", "pin"],
    remembered: true,
    csrfKey: expect.stringMatching(/^[\w-]{43}$/),
    device,
    data: { a: 1 },
    version: 1,
  });
});
