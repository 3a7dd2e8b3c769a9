import { expect, test } from "vitest";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { describeOnEveryDatabase } from "./support/every-database.ts";

const START = Date.UTC(2026, 0, 1);

/** An event with every field, the `index`th of its test. */
function event(index: number, given: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: `event-${index}`,
    occurredAt: START + index,
    event: "authn_login_success",
    outcome: "success",
    actorId: "ada",
    userId: "ada",
    sessionId: "session",
    clientAddress: "192.0.2.1",
    userAgent: "Firefox",
    requestId: `request-${index}`,
    detail: { methods: ["password"], count: 2, remembered: true, reason: 'O\'Brien "quoted" \\ é 🧥' },
    ...given,
  };
}

/** What an event without a known cause leaves out. */
const NO_CAUSE = {
  actorId: null,
  userId: null,
  sessionId: null,
  clientAddress: null,
  userAgent: null,
  requestId: null,
};

const EVERYTHING = { limit: 1_000 };

describeOnEveryDatabase((database) => {
  const ids = (events: readonly AuditEvent[]) => events.map(({ id }) => id);

  test("what was written is there, field by field, in the order of writing", async () => {
    const { audit } = await database.open();
    const given = [event(2), event(1, { ...NO_CAUSE, outcome: "failure", detail: {} }), event(3)];
    await audit.append(given.slice(0, 2));
    await audit.append(given.slice(2));
    const written = await audit.newest(EVERYTHING);
    expect(written).toEqual(given.map((each) => ({ ...each, position: expect.any(Number) })));
    const positions = written.map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((one, other) => one - other));
    expect(new Set(positions).size).toBe(3);
  });

  test("nothing to write is no fault", async () => {
    const { audit } = await database.open();
    await audit.append([]);
    expect(await audit.newest(EVERYTHING)).toEqual([]);
  });

  test("an event that is written again is there once, as it was", async () => {
    const { audit } = await database.open();
    await audit.append([event(1)]);
    await audit.append([event(1, { outcome: "failure" }), event(2)]);
    expect((await audit.newest(EVERYTHING)).map(({ id, outcome }) => [id, outcome])).toEqual([
      ["event-1", "success"],
      ["event-2", "success"],
    ]);
  });

  test("the newest are asked for by number, by name and by user, whether they did it or had it done to them", async () => {
    const { audit } = await database.open();
    await audit.append([
      event(1),
      event(2, { event: "authz_fail" }),
      event(3, { userId: "bob", actorId: "ada" }),
      event(4, { userId: "ada", actorId: null }),
      event(5, { userId: "bob", actorId: "bob" }),
    ]);
    expect(ids(await audit.newest({ limit: 2 }))).toEqual(["event-4", "event-5"]);
    expect(ids(await audit.newest({ limit: 10, userId: "ada" }))).toEqual(["event-1", "event-2", "event-3", "event-4"]);
    expect(ids(await audit.newest({ limit: 10, event: "authz_fail" }))).toEqual(["event-2"]);
    expect(ids(await audit.newest({ limit: 10, userId: "bob", event: "authz_fail" }))).toEqual([]);
    expect(ids(await audit.newest({ limit: 10, userId: "' OR 1=1 --" }))).toEqual([]);
  });

  test("a reader that follows the log gets each event once, whichever node wrote it", async () => {
    const nodes = await Promise.all([database.open(), database.open(), database.open()]);
    const [reader] = nodes;
    let writing = true;
    const written = Promise.all(
      nodes.map(async ({ audit }, node) => {
        for (let batch = 0; batch < 20; batch++) {
          const first = node * 1_000 + batch * 3;
          await audit.append([event(first), event(first + 1), event(first + 2)]);
        }
      }),
    ).finally(() => {
      writing = false;
    });
    const seen: string[] = [];
    let position = 0;
    for (let isLast = false; !isLast; ) {
      isLast = !writing;
      const next = (await reader?.audit.after(position, { limit: 7 })) ?? [];
      seen.push(...ids(next));
      position = next.at(-1)?.position ?? position;
      if (next.length > 0) isLast = false;
    }
    await written;
    expect(seen).toHaveLength(180);
    expect(new Set(seen).size).toBe(180);
  });

  test("what is too old is removed, so many at a time, and nothing else", async () => {
    const { audit } = await database.open();
    await audit.append([event(5), event(1), event(2), event(3)]);
    expect(await audit.removeBefore(START + 3, 1)).toBe(1);
    expect(ids(await audit.newest(EVERYTHING))).toEqual(["event-5", "event-2", "event-3"]);
    expect(await audit.removeBefore(START + 3, 10)).toBe(1);
    expect(await audit.removeBefore(START + 3, 10)).toBe(0);
    expect(ids(await audit.newest(EVERYTHING))).toEqual(["event-5", "event-3"]);
  });

  test("a position is not used again when the newest events are gone", async () => {
    const { audit } = await database.open();
    await audit.append([event(1)]);
    const [first] = await audit.newest(EVERYTHING);
    await audit.removeBefore(START + 1_000, 10);
    await audit.append([event(2)]);
    expect(ids(await audit.after(first?.position ?? 0, EVERYTHING))).toEqual(["event-2"]);
  });
});
