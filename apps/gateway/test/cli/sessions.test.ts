import Database from "better-sqlite3";
import { SessionManager } from "coatcheck";
import type { Authentication } from "coatcheck/adapter";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { normaliseEmail } from "../../src/accounts/email-address.ts";
import { openAccounts } from "../../src/storage/accounts/open-accounts.ts";
import { CommandLine } from "./support/run-coatcheck.ts";

const password = "counting analytical engines";

/** A command line with Ada, and Ada logged in `sessions` times in the database that it works on. */
async function openWithSessions({ sessions: count }: { readonly sessions: number }) {
  const commandLine = new CommandLine();
  await commandLine.addUser("ada@example.com", password);
  const opened = await openAccounts({ path: commandLine.databasePath, purpose: "gateway" });
  onTestFinished(() => opened.close());
  const email = normaliseEmail("ada@example.com");
  const ada = email === null ? null : await opened.accounts.findByEmail(email);
  if (ada === null) throw new Error("Ada has no account.");

  const database = new Database(commandLine.databasePath);
  const store = await SqliteSessionStore.open({ database });
  onTestFinished(() => {
    store.close();
    database.close();
  });
  const sessions = new SessionManager({ store });
  const logins: { readonly token: string; readonly authentication: Authentication }[] = [];
  for (let index = 0; index < count; index++) {
    const device = { label: `Firefox on machine ${index}`, userAgent: null, ip: "192.0.2.1" };
    const login = await sessions.login(await sessions.begin(ada.id), { device });
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    logins.push(login);
  }
  const liveSessions = async () => (await sessions.list(ada.id)).map(({ id }) => id);
  return { ...opened, commandLine, ada, sessions, logins, liveSessions };
}

test("sessions list shows a user's sessions, as a table and as JSON, and no token", async () => {
  const { commandLine, logins } = await openWithSessions({ sessions: 2 });
  const table = await commandLine.run(["sessions", "list", "ADA@example.com"]);
  expect(table).toMatchObject({ code: 0, errors: "" });
  for (const { authentication } of logins) {
    expect(table.output).toMatch(new RegExp(`^${authentication.session.id} +Firefox on machine \\d +192.0.2.1 `, "m"));
  }
  const json = await commandLine.run(["sessions", "list", "ada@example.com", "--json"]);
  const { sessions } = JSON.parse(json.output);
  expect(sessions).toHaveLength(2);
  expect(Object.keys(sessions[0])).toEqual([
    "id",
    "device",
    "ip",
    "createdAt",
    "lastSeenAt",
    "expiresAt",
    "remembered",
  ]);
  for (const { token } of logins) expect(table.output + json.output).not.toContain(token.slice(32));
});

test("sessions list says so when there is none", async () => {
  const { commandLine } = await openWithSessions({ sessions: 0 });
  expect(await commandLine.run(["sessions", "list", "ada@example.com"])).toEqual({
    code: 0,
    output: "ada@example.com has no sessions.\n",
    errors: "",
  });
});

test("sessions revoke ends the one session, at once", async () => {
  const { commandLine, sessions, logins, liveSessions } = await openWithSessions({ sessions: 2 });
  const [first, second] = logins;
  if (first === undefined || second === undefined) throw new Error("too few logins");
  const words = ["sessions", "revoke", "ada@example.com", first.authentication.session.id];
  expect(await commandLine.run(words)).toEqual({ code: 0, output: "The session ended.\n", errors: "" });
  expect((await sessions.authenticate(first.token)).status).toBe("unauthenticated");
  expect(await liveSessions()).toEqual([second.authentication.session.id]);
  const again = await commandLine.run(words);
  expect(again).toEqual({ code: 1, output: "", errors: "coatcheck: ada@example.com has no such session.\n" });
});

describe("what ends all sessions", () => {
  test.each([
    { words: ["sessions", "revoke", "ada@example.com", "--all"], says: "3 sessions ended.\n" },
    { words: ["users", "disable", "ada@example.com"], says: "ada@example.com is disabled. 3 sessions ended.\n" },
    {
      words: ["users", "set-password", "ada@example.com", "--password-stdin"],
      says: "The password of ada@example.com is changed. 3 sessions ended.\n",
    },
  ])("coatcheck $words, and every login that is under way", async ({ words, says }) => {
    const { commandLine, accounts, ada, sessions, logins, liveSessions } = await openWithSessions({ sessions: 3 });
    const attempt = await sessions.begin(ada.id);
    expect(await commandLine.run(words, "nanoseconds by the yard")).toEqual({ code: 0, output: says, errors: "" });
    for (const { token } of logins) expect((await sessions.authenticate(token)).status).toBe("unauthenticated");
    expect(await liveSessions()).toEqual([]);
    expect(await sessions.login(attempt)).toEqual({ outcome: "login_overtaken" });
    expect(await accounts.listPendingRevocations({ limit: 10, minimumAgeSeconds: 0 })).toEqual([]);
  });
});

test("a change of roles has every session get a new cookie with its next answer, and a change of the name none", async () => {
  const { commandLine, sessions, logins } = await openWithSessions({ sessions: 2 });
  const due = async () => {
    const held = await Promise.all(logins.map(({ token }) => sessions.authenticate(token)));
    return held.map((each) => each.status === "authenticated" && each.rotationDue);
  };
  expect((await commandLine.run(["users", "edit", "ada@example.com", "--name", "Ada King"])).code).toBe(0);
  expect(await due()).toEqual([false, false]);
  expect((await commandLine.run(["users", "edit", "ada@example.com", "--roles", "admin"])).code).toBe(0);
  expect(await due()).toEqual([true, true]);
});
