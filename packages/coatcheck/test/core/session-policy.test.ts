import {
  rememberedLifetime,
  type SessionLifetime,
  SessionManager,
  type SessionPolicy,
  standardPolicy,
  strictPolicy,
} from "coatcheck";
import type { SessionRecord } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { isFresh, isRotationDue, isTouchDue, lifetimeOf, validatePolicy } from "../../src/core/session-policy.ts";

const { lifetime: standardLifetime } = standardPolicy;
const { lifetime: strictLifetime } = strictPolicy;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// NIST SP 800-63B-4: 2.1.3 (AAL1), 2.2.3 (AAL2), 2.3.3 (AAL3).
describe("the presets keep to the time limits of NIST SP 800-63B-4", () => {
  const rows: readonly (readonly [name: string, lifetime: SessionLifetime, idle: number, absolute: number])[] = [
    ["standard, AAL2: 1 hour idle, 24 hours", standardLifetime, HOUR, DAY],
    ["remembered, AAL1: 30 days; NIST sets no idle limit, we set 7 days", rememberedLifetime, 7 * DAY, 30 * DAY],
    ["strict, AAL3: 15 minutes idle, 12 hours", strictLifetime, 15 * MINUTE, 12 * HOUR],
  ];
  test.each(rows)("%s", (_name, lifetime, idle, absolute) => {
    expect(lifetime).toMatchObject({ idleTimeoutSeconds: idle, absoluteTimeoutSeconds: absolute });
  });

  test("only remembered sessions outlive the browser, and only they rotate in passing", () => {
    expect(standardLifetime).toMatchObject({ persistentCookie: false, rotationIntervalSeconds: null });
    expect(strictLifetime).toMatchObject({ persistentCookie: false, rotationIntervalSeconds: null });
    expect(rememberedLifetime).toMatchObject({ persistentCookie: true, rotationIntervalSeconds: DAY });
  });

  test("the default policy is standard, offers to remember, and allows 100 sessions", () => {
    const { policy } = new SessionManager({ store: new MemorySessionStore() });
    expect(policy).toEqual({
      lifetime: standardLifetime,
      rememberedLifetime,
      freshForSeconds: 15 * MINUTE,
      limit: { maximum: 100, whenFull: "evict" },
    });
  });

  test("the strict policy never remembers", () => {
    expect(strictPolicy).toMatchObject({ lifetime: strictLifetime, rememberedLifetime: null });
    expect(lifetimeOf(strictPolicy, { remembered: true })).toBe(strictLifetime);
    expect(lifetimeOf(standardPolicy, { remembered: true })).toBe(rememberedLifetime);
    expect(lifetimeOf(standardPolicy, { remembered: false })).toBe(standardLifetime);
  });
});

function policyWith(lifetime: Partial<SessionLifetime>, policy: Partial<SessionPolicy> = {}): SessionPolicy {
  return { ...standardPolicy, ...policy, lifetime: { ...standardLifetime, ...lifetime } };
}

function limitedTo(maximum: number, whenFull: string = "evict"): SessionPolicy {
  return { ...standardPolicy, limit: { maximum, whenFull: whenFull as "evict" } };
}

describe("accepted policies", () => {
  const rows: readonly (readonly [reason: string, policy: SessionPolicy])[] = [
    ["the shortest times are useful in tests", policyWith({ idleTimeoutSeconds: 1, absoluteTimeoutSeconds: 1 })],
    ["equal times mean that only the absolute one counts", policyWith({ idleTimeoutSeconds: DAY })],
    ["400 days is what browsers keep", policyWith({ absoluteTimeoutSeconds: 400 * DAY })],
    ["one session per user is a policy", limitedTo(1, "refuse")],
    ["1,000 sessions are what one Redis hash should hold", limitedTo(1_000)],
  ];
  test.each(rows)("%s", (_reason, policy) => expect(validatePolicy(policy)).toBe(policy));
});

describe("policies refused at construction", () => {
  const rows: readonly (readonly [name: string, policy: SessionPolicy])[] = [
    ["no idle timeout", policyWith({ idleTimeoutSeconds: 0 })],
    ["a negative idle timeout", policyWith({ idleTimeoutSeconds: -1 })],
    ["half a second", policyWith({ idleTimeoutSeconds: 0.5 })],
    ["an idle timeout that is not a number", policyWith({ idleTimeoutSeconds: Number.NaN })],
    ["an endless session", policyWith({ absoluteTimeoutSeconds: Number.POSITIVE_INFINITY })],
    ["more than 400 days", policyWith({ absoluteTimeoutSeconds: 400 * DAY + 1 })],
    ["idle longer than absolute", policyWith({ idleTimeoutSeconds: DAY + 1 })],
    ["rotation all the time", policyWith({ rotationIntervalSeconds: 0 })],
    ["rotation by fractions", policyWith({ rotationIntervalSeconds: 1.5 })],
    [
      "a bad remembered lifetime behind a good ordinary one",
      policyWith({}, { rememberedLifetime: { ...rememberedLifetime, idleTimeoutSeconds: 31 * DAY } }),
    ],
    ["never fresh", policyWith({}, { freshForSeconds: 0 })],
    ["fresh for ever", policyWith({}, { freshForSeconds: Number.POSITIVE_INFINITY })],
    ["no sessions at all", limitedTo(0)],
    ["1,001 sessions", limitedTo(1_001)],
    ["one and a half sessions", limitedTo(1.5)],
    ["an unknown way to be full", limitedTo(10, "queue")],
  ];
  test.each(rows)("%s", (_name, policy) => {
    expect(() => new SessionManager({ store: new MemorySessionStore(), policy })).toThrow(
      expect.objectContaining({ code: "invalid_configuration" }),
    );
  });

  test("a manager without a store", () => {
    const options = {} as ConstructorParameters<typeof SessionManager>[0];
    expect(() => new SessionManager(options)).toThrow(expect.objectContaining({ code: "invalid_configuration" }));
  });
});

describe("a touch is due after a minute, or a tenth of the idle timeout if that is shorter", () => {
  const rows: readonly (readonly [idleTimeoutSeconds: number, dueAfterSeconds: number])[] = [
    [7 * DAY, 60],
    [HOUR, 60],
    [600, 60],
    [300, 30],
    [10, 1],
  ];
  test.each(rows)("with %i seconds idle: after %i seconds", (idleTimeoutSeconds, dueAfterSeconds) => {
    const lifetime = { ...standardLifetime, idleTimeoutSeconds };
    const record = { lastSeenAt: 1_000_000 } as SessionRecord;
    expect(isTouchDue(lifetime, record, 1_000_000 + dueAfterSeconds * 1_000 - 1)).toBe(false);
    expect(isTouchDue(lifetime, record, 1_000_000 + dueAfterSeconds * 1_000)).toBe(true);
  });
});

test("a proof of identity is fresh until freshForSeconds have passed, and without one nothing is", () => {
  const until = 1_000_000 + standardPolicy.freshForSeconds * 1_000;
  expect(isFresh(standardPolicy, 1_000_000, 1_000_000)).toBe(true);
  expect(isFresh(standardPolicy, 1_000_000, until - 1)).toBe(true);
  expect(isFresh(standardPolicy, 1_000_000, until)).toBe(false);
  expect(isFresh(standardPolicy, null, 0)).toBe(false);
});

test("rotation is due once the interval has passed, and never without an interval", () => {
  const until = 1_000_000 + DAY * 1_000;
  expect(isRotationDue(rememberedLifetime, 1_000_000, until - 1)).toBe(false);
  expect(isRotationDue(rememberedLifetime, 1_000_000, until)).toBe(true);
  expect(isRotationDue(standardLifetime, 1_000_000, until * 1_000)).toBe(false);
});
