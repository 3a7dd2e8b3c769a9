import { SessionEventEmitter } from "coatcheck";
import { describe, expect, test, vi } from "vitest";
import { logIn, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

const ABOUT = { userId: USER_ID, sessionId: "AAAAAAAAAAAA" };

test("listeners are called in the order in which they were added, each with the event", () => {
  const events = new SessionEventEmitter();
  const calls: unknown[] = [];
  events.on("logged_out", (event) => calls.push(["first", event]));
  events.on("logged_out", (event) => calls.push(["second", event]));
  events.on("expired", (event) => calls.push(["another event", event]));
  events.emit("logged_out", ABOUT);
  expect(calls).toEqual([
    ["first", ABOUT],
    ["second", ABOUT],
  ]);
});

test("a listener that unsubscribed is not called, and to unsubscribe twice is no error", () => {
  const events = new SessionEventEmitter();
  const listener = vi.fn();
  const unsubscribe = events.on("logged_out", listener);
  events.on("logged_out", unsubscribe);
  events.emit("logged_out", ABOUT);
  events.emit("logged_out", ABOUT);
  unsubscribe();
  expect(listener).toHaveBeenCalledTimes(1);
});

describe("a listener that fails", () => {
  const failure = new Error("The mail server is down.");

  test("by throwing breaks neither the others nor the call that caused the event", async () => {
    const reported: unknown[] = [];
    const events = new SessionEventEmitter((error) => reported.push(error));
    const { sessions } = startSessions(undefined, events);
    const others = vi.fn();
    events.on("logged_in", () => {
      throw failure;
    });
    events.on("logged_in", others);
    const { token } = await logIn(sessions);
    expect(await verdictOn(sessions, token)).toBe("authenticated");
    expect(others).toHaveBeenCalledTimes(1);
    expect(reported).toEqual([failure]);
  });

  test("by rejecting later is reported too, and does not end the process", async () => {
    const reported: unknown[] = [];
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const events = new SessionEventEmitter((error) => reported.push(error));
    const listener = async () => {
      throw failure;
    };
    events.on("logged_out", listener as () => void);
    events.emit("logged_out", ABOUT);
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
    expect(reported).toEqual([failure]);
  });

  test("breaks nothing, even when what is told of it fails as well", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const second = new Error("the reporter failed");
    const events = new SessionEventEmitter(() => {
      throw second;
    });
    events.on("logged_out", () => {
      throw failure;
    });
    events.on("expired", (async () => {
      throw failure;
    }) as () => void);
    events.emit("logged_out", ABOUT);
    events.emit("expired", ABOUT);
    await Promise.resolve();
    expect(warn.mock.calls.map(([text]) => text)).toEqual([String(second), String(second)]);
    warn.mockRestore();
  });

  test("becomes a process warning unless the application says otherwise", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const events = new SessionEventEmitter();
    events.on("logged_out", () => {
      throw failure;
    });
    events.on("expired", () => {
      throw "a string";
    });
    events.emit("logged_out", ABOUT);
    events.emit("expired", ABOUT);
    expect(warn.mock.calls.map(([text]) => text)).toEqual([String(failure), "a string"]);
    warn.mockRestore();
  });
});

test("a login tells who, which session, and how; nothing of it is secret", async () => {
  const { sessions, seen } = startSessions();
  const { token, authentication } = await logIn(sessions, { remember: true, methods: ["hwk"] });
  const sessionId = authentication.session.id;
  expect(seen).toEqual([["logged_in", { userId: USER_ID, sessionId, remembered: true, methods: ["hwk"] }]]);
  expect(JSON.stringify(seen)).not.toContain(token.slice(32));
});

test("a call that the store did not acknowledge announces nothing", async () => {
  const { sessions, store, seen } = startSessions();
  const { authentication } = await logIn(sessions);
  seen.length = 0;
  store.fail("delete");
  store.fail("deleteByUser");
  store.loseReply("update");
  await expect(sessions.logout(authentication)).rejects.toThrow();
  await expect(sessions.revokeAll(USER_ID)).rejects.toThrow();
  await expect(sessions.reauthenticate(authentication)).rejects.toThrow();
  expect(seen).toEqual([]);
});
