import { CoatcheckError, type SessionManager } from "coatcheck";
import { describe, expect, test } from "vitest";
import type { StoreCall } from "./support/observed-store.ts";
import { logIn, present, reauthenticate, startSessions, USER_ID, verdictOn } from "./support/sessions-under-test.ts";

const unavailable = expect.objectContaining({ name: "CoatcheckError", code: "store_unavailable" });

type Started = ReturnType<typeof startSessions>;
type Login = Awaited<ReturnType<typeof logIn>>;

// Each call of the manager, with the store call that it depends on.
const rows: readonly (readonly [
  name: string,
  call: StoreCall,
  act: (sessions: SessionManager, login: Login) => Promise<unknown>,
])[] = [
  ["begin", "readFence", (sessions) => sessions.begin(USER_ID)],
  ["login", "insert", async (sessions) => sessions.login(await sessions.begin(USER_ID))],
  [
    "login, in a browser in which another user is logged in",
    "delete",
    async (sessions, { authentication }) => sessions.login(await sessions.begin("grace"), { replaces: authentication }),
  ],
  ["authenticate", "find", async (sessions, { token }) => sessions.authenticate(token)],
  ["authenticate, with a touch due", "update", async (sessions, { token }) => sessions.authenticate(token)],
  ["rotate", "update", (sessions, { authentication }) => sessions.rotate(authentication)],
  ["reauthenticate", "update", (sessions, { authentication }) => sessions.reauthenticate(authentication)],
  ["list", "listByUser", (sessions) => sessions.list(USER_ID)],
  ["logout", "delete", (sessions, { authentication }) => sessions.logout(authentication)],
  ["revoke", "delete", (sessions, { authentication }) => sessions.revoke(USER_ID, authentication.session.id)],
  ["revokeOthers", "deleteByUser", (sessions, { authentication }) => sessions.revokeOthers(authentication)],
  ["revokeAll", "deleteByUser", (sessions) => sessions.revokeAll(USER_ID)],
  ["replaceData", "update", (sessions, { authentication }) => sessions.replaceData(authentication, { a: 1 })],
  ["removeExpired", "deleteExpired", (sessions) => sessions.removeExpired()],
];

async function startWithTouchDue(): Promise<{ started: Started; login: Login }> {
  const started = startSessions();
  const login = await logIn(started.sessions);
  started.clock.advanceSeconds(60);
  return { started, login };
}

describe("when the store fails, a call rejects with store_unavailable and answers neither yes nor no", () => {
  test.each(rows)("%s", async (_name, call, act) => {
    const { started, login } = await startWithTouchDue();
    started.store.fail(call);
    await expect(act(started.sessions, login)).rejects.toThrow(unavailable);
    // Nothing was lost by it either: the session is as good as it was.
    expect(await verdictOn(started.sessions, login.token)).toBe("authenticated");
  });
});

describe("when the store acts and its reply is lost, a call rejects as well, and does not try again by itself", () => {
  test.each(rows)("%s", async (_name, call, act) => {
    const { started, login } = await startWithTouchDue();
    started.store.forgetCalls();
    started.store.loseReply(call);
    await expect(act(started.sessions, login)).rejects.toThrow(unavailable);
    expect(started.store.calls.filter((made) => made === call)).toEqual([call]);
  });
});

describe("an insert of unknown outcome", () => {
  test("is never sent again: neither the same record nor another one", async () => {
    const { sessions, store } = startSessions();
    const attempt = await sessions.begin(USER_ID);
    store.loseReply("insert");
    await expect(sessions.login(attempt)).rejects.toThrow();
    expect(store.writes).toEqual(["insert"]);
  });

  test("may have left a session without a holder: the user sees it in the list and can end it", async () => {
    const { sessions, store } = startSessions();
    store.loseReply("insert");
    await expect(logIn(sessions)).rejects.toThrow(unavailable);
    const [orphan] = await sessions.list(USER_ID);
    expect(await sessions.revoke(USER_ID, orphan?.id ?? "")).toBe(true);
    expect(await sessions.list(USER_ID)).toEqual([]);
  });

  test("that was tried again by the user is a second session with an id of its own", async () => {
    const { sessions, store } = startSessions();
    store.loseReply("insert");
    await expect(logIn(sessions)).rejects.toThrow(unavailable);
    await logIn(sessions);
    expect(new Set((await sessions.list(USER_ID)).map(({ id }) => id)).size).toBe(2);
  });
});

test("a logout whose reply was lost has ended the session, and can be tried again", async () => {
  const { sessions, store } = startSessions();
  const { token, authentication } = await logIn(sessions);
  store.loseReply("delete");
  await expect(sessions.logout(authentication)).rejects.toThrow(unavailable);
  await sessions.logout(authentication);
  expect(await verdictOn(sessions, token)).toBe("unknown");
});

test("a reuse that could not be acted on is no yes: the next use is judged again", async () => {
  const { sessions, store, clock } = startSessions();
  const { token } = await logIn(sessions);
  await present(sessions, (await reauthenticate(sessions, token)).token);
  clock.advanceSeconds(30);
  store.fail("delete");
  await expect(sessions.authenticate(token)).rejects.toThrow(unavailable);
  expect(await verdictOn(sessions, token)).toBe("token_reused");
});

test("a new session whose id is taken is a fault, and nothing is overwritten", async () => {
  const { sessions, store } = startSessions();
  const { token } = await logIn(sessions);
  store.insert = async () => ({ outcome: "id_unavailable" });
  await expect(logIn(sessions)).rejects.toThrow(expect.objectContaining({ code: "store_conflict" }));
  expect(await verdictOn(sessions, token)).toBe("authenticated");
});

test("faults are CoatcheckErrors that answer 503, and keep the cause", () => {
  const cause = new Error("connection reset");
  const fault = new CoatcheckError("store_unavailable", "The store failed.", { cause });
  expect(fault).toMatchObject({ code: "store_unavailable", statusCode: 503, cause });
  expect(new CoatcheckError("invalid_user_id", "No.").statusCode).toBe(500);
});
