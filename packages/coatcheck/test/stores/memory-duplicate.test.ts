import { SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";

let warn: MockInstance<typeof process.emitWarning>;

beforeEach(() => {
  // What the stores of a process know of each other, and that it was told: each test is a process of its own.
  Reflect.deleteProperty(globalThis, Symbol.for("coatcheck.memoryStores"));
  warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(() => warn.mockRestore());

async function logIn(sessions: SessionManager) {
  const login = await sessions.login(await sessions.begin("42"));
  if (login.outcome !== "logged_in") throw new Error(login.outcome);
  return login;
}

test("one session in two stores in memory is told once, and the request is answered as before", async () => {
  const [one, other] = [0, 1].map(() => new SessionManager({ store: new MemorySessionStore() }));
  if (one === undefined || other === undefined) throw new Error("There are two.");
  const { token } = await logIn(one);
  expect(await one.authenticate(token)).toMatchObject({ status: "authenticated" });
  expect(warn).not.toHaveBeenCalled();
  for (let request = 0; request < 2; request += 1) {
    expect(await other.authenticate(token)).toMatchObject({ status: "unauthenticated" });
  }
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("oncePerProcess"), "CoatcheckWarning");
});

test("a session that has ended is no reason to warn", async () => {
  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const { token } = await logIn(sessions);
  await sessions.revokeAll("42");
  const other = new SessionManager({ store: new MemorySessionStore() });
  expect(await other.authenticate(token)).toMatchObject({ status: "unauthenticated" });
  expect(warn).not.toHaveBeenCalled();
});
