import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import { LiveConnections } from "../../../src/proxy/connections/live-connections.ts";

const ada = { userId: "ada", id: "session of ada" };
const grace = { userId: "grace", id: "session of grace" };

class FakeConnection extends EventEmitter {
  destroyed = false;
  ended = 0;

  close(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

function over() {
  let now = 0;
  const live = new LiveConnections(() => now);
  const open = (session = ada, { isLasting = false, role = null as string | null } = {}) => {
    const connection = new FakeConnection();
    const opening = live.open(session, connection, { role, isLasting, end: () => void connection.ended++ });
    return { connection, opening };
  };
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { live, open, pass };
}

describe("what a session has open", () => {
  test("ends with it, once, and what others have goes on", () => {
    const { live, open } = over();
    const [first, second, other] = [open(), open(ada, { isLasting: true }), open(grace)];
    expect([live.end(ada.id), live.end(ada.id)]).toEqual([2, 0]);
    expect([first, second, other].map(({ connection }) => connection.ended)).toEqual([1, 1, 0]);
    expect(live.sessions()).toEqual([expect.objectContaining(grace)]);
  });

  test("is not opened any more when the session has just ended, whether it had something open or not", () => {
    const { live, open, pass } = over();
    open();
    live.end(ada.id);
    live.end("another");
    expect([open().opening, open(grace).opening]).toEqual(["ended", "opened"]);
    pass(29_999);
    live.end("a third");
    expect(open().opening).toBe("ended");
    expect(live.sessions()).toEqual([expect.objectContaining(grace)]);
  });

  test("is remembered to have ended for half a minute, and not for ever", () => {
    const { live, open, pass } = over();
    live.end(ada.id);
    pass(30_000);
    live.end("another");
    expect(open().opening).toBe("opened");
  });

  test("is a thousand at most, and a hundred of those that last", () => {
    const { live, open } = over();
    const all = Array.from({ length: 1_000 }, (_, index) => open(ada, { isLasting: index < 100 }));
    expect(all.every(({ opening }) => opening === "opened")).toBe(true);
    expect([open().opening, open(ada, { isLasting: true }).opening, open(grace).opening]).toEqual([
      "too_many",
      "too_many",
      "opened",
    ]);
    const [lasting, ordinary] = [all[0]?.connection, all[500]?.connection];
    lasting?.close();
    expect(open(ada, { isLasting: true }).opening).toBe("opened");
    expect(open().opening).toBe("too_many");
    ordinary?.close();
    expect(open(ada, { isLasting: true }).opening).toBe("too_many");
    expect(live.sessions()).toHaveLength(2);
  });

  test("counts as lasting from when it turns out to be", () => {
    const { live, open } = over();
    const streams = Array.from({ length: 101 }, () => open().connection);
    const lasts = streams.map((connection) => live.becomesLasting(ada, connection));
    expect(lasts).toEqual([...Array.from({ length: 100 }, () => true), false]);
    expect(open(ada, { isLasting: true }).opening).toBe("too_many");
    expect(open().opening).toBe("opened");
    streams[0]?.close();
    // It is still there, and may try again.
    expect(live.becomesLasting(ada, streams[100] as FakeConnection)).toBe(true);
  });

  test("is not counted when it is closed already", () => {
    const { live } = over();
    const closed = new FakeConnection();
    closed.close();
    expect(live.open(ada, closed, { role: null, isLasting: true, end: () => {} })).toBe("opened");
    expect([live.becomesLasting(ada, closed), live.sessions()]).toEqual([true, []]);
  });

  test("by a role ends without it, and the session goes on", () => {
    const { live, open } = over();
    const [staff, plain] = [open(ada, { role: "staff" }), open()];
    expect([live.endWithoutRole(ada.id, ["staff"]), live.endWithoutRole(ada.id, ["other"])]).toEqual([0, 1]);
    expect([staff.connection.ended, plain.connection.ended, open().opening]).toEqual([1, 0, "opened"]);
  });
});
