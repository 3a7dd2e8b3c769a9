import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Surroundings, tableProblems, theirNames } from "./flask-login-table.ts";

const repository = path.resolve(import.meta.dirname, "../../..");
const page = readFileSync(path.join(repository, "docs/flask-login.md"), "utf8");

/** What Flask-Login exports. */
const EXPORTED_THERE = [
  ["COOKIE_DURATION", "COOKIE_HTTPONLY", "COOKIE_NAME", "COOKIE_SECURE", "ID_ATTRIBUTE"],
  ["LOGIN_MESSAGE", "LOGIN_MESSAGE_CATEGORY", "REFRESH_MESSAGE", "REFRESH_MESSAGE_CATEGORY"],
  ["LoginManager", "AnonymousUserMixin", "UserMixin", "FlaskLoginClient"],
  ["session_protected", "user_accessed", "user_loaded_from_cookie", "user_loaded_from_request"],
  ["user_logged_in", "user_logged_out", "user_login_confirmed", "user_needs_refresh", "user_unauthorized"],
  ["confirm_login", "current_user", "decode_cookie", "encode_cookie", "fresh_login_required"],
  ["login_fresh", "login_remembered", "login_required", "login_url", "login_user", "logout_user"],
  ["make_next_param", "set_login_view"],
].flat();

const TESTS_THERE = 107;

const surroundings: Surroundings = (() => {
  const snapshot: Record<string, object> = JSON.parse(
    readFileSync(path.join(repository, "tools/exports-snapshot.json"), "utf8"),
  );
  const sourceFolder = path.join(repository, "packages/coatcheck/src");
  const files = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  return {
    exported: new Set(Object.values(snapshot).flatMap((names) => Object.keys(names))),
    sources: files.map((name) => readFileSync(path.join(sourceFolder, name), "utf8")),
    readTest: (name) => {
      const file = path.join(import.meta.dirname, name);
      return existsSync(file) ? readFileSync(file, "utf8") : null;
    },
  };
})();

test("every name and every test of ours that the page speaks of is there", () => {
  expect(tableProblems(page, surroundings)).toEqual([]);
});

test("every name that Flask-Login exports has a row", () => {
  const named = theirNames(page, "Names");
  expect(EXPORTED_THERE.filter((name) => !named.includes(name))).toEqual([]);
});

test("so has every one of its tests, as many as the page says", () => {
  expect(theirNames(page, "Tests")).toHaveLength(TESTS_THERE);
  expect(page).toMatch(new RegExp(`\\b${TESTS_THERE}\\s+tests`));
});

describe("a row that lies is found", () => {
  const pageOf = (heading: string, row: string) =>
    `# T\n\n## ${heading}\n\n| Flask-Login | Here | W |\n|---|---|---|\n${row}\n`;

  test.each([
    ["an unknown name", "Names", "| `a` | `AuthSessions` | |", "AuthSessions is not there."],
    ["an unknown member", "Names", "| `a` | `AuthSession.logIn` | |", "AuthSession.logIn is not there."],
    [
      "a member of another",
      "Names",
      "| `a` | `AuthSession.authenticate` | |",
      "AuthSession.authenticate is not there.",
    ],
    ["a private name", "Names", "| `a` | `DoorOptions` | |", "DoorOptions is not there."],
    ["a private member", "Names", "| `a` | `AuthSession.events` | |", "AuthSession.events is not there."],
    ["one among others", "Names", "| `a` | `AuthSession.login`, `Visitor` | |", "Visitor is not there."],
    ["one in the remark", "Names", "| `a` | `AuthSession` | Like `Session.ip`. |", "Session.ip is not there."],
    ["no name", "Names", "| `a` | something | |", "a has no name here."],
    ["no reason", "Names", "| `a` | — | |", "a has nothing here, and no reason."],
    ["no file", "Tests", "| `a` | `logins/none.test.ts`: x | |", "logins/none.test.ts is not there."],
    ["no test", "Tests", "| `a` | `logins/views.http.test.ts`: x | |", 'logins/views.http.test.ts has no test "x".'],
    [
      "half a title",
      "Tests",
      "| `a` | `logins/views.http.test.ts`: the login | |",
      'logins/views.http.test.ts has no test "the login".',
    ],
    ["no claim", "Tests", "| `a` | certainly | |", 'a: "certainly" names no test.'],
    ["no reason either", "Tests", "| `a` | — | |", "a has nothing here, and no reason."],
  ])("%s", (_what, heading, row, problem) => {
    expect(tableProblems(pageOf(heading, row), surroundings)).toEqual([problem]);
  });
});
