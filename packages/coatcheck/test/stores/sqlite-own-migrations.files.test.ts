import { readFileSync } from "node:fs";
import { SessionManager } from "coatcheck";
import { beforeEach, describe, expect, test } from "vitest";
import { connectTo, newSqlitePath, openStore } from "./support/sqlite-file.ts";

const FILE = readFileSync(new URL("../../migrations/sqlite/0001-sessions.sql", import.meta.url), "utf8");

/** Everything that an application does with its sessions. */
async function useSessions(path: string): Promise<void> {
  const sessions = new SessionManager({ store: await openStore(path) });
  const logIn = async () => sessions.login(await sessions.begin("ada"));
  const [first] = [await logIn(), await logIn()];
  if (first.outcome !== "logged_in") throw new Error(first.outcome);
  const visitor = await sessions.authenticate(first.token);
  if (visitor.status !== "authenticated") throw new Error(visitor.reason);
  await sessions.logout(visitor);
  expect(await sessions.revokeAll("ada")).toBe(1);
}

function versionsIn(path: string): unknown {
  return connectTo(path).prepare("SELECT version FROM coatcheck_schema").pluck().all();
}

describe("a file whose tables a tool of the team's own has made", () => {
  let path: string;

  beforeEach(async () => {
    path = await newSqlitePath();
    connectTo(path).exec(FILE);
  });

  test("is opened by a store that finds nothing left to do", async () => {
    await useSessions(path);
    await useSessions(path);
    expect(versionsIn(path)).toEqual([1]);
  });

  test("is opened without our table of versions, which is written then", async () => {
    connectTo(path).exec("DROP TABLE coatcheck_schema; ALTER TABLE coatcheck_sessions ADD COLUMN tenant TEXT");
    await useSessions(path);
    expect(versionsIn(path)).toEqual([1]);
  });

  for (const [change, complaint] of [
    ["ALTER TABLE coatcheck_sessions DROP COLUMN pending", "coatcheck_sessions has no column pending"],
    ["DROP TABLE coatcheck_removals", "there is no table coatcheck_removals"],
    [
      "DROP TABLE coatcheck_fences; CREATE TABLE coatcheck_fences (user_key TEXT PRIMARY KEY, value BLOB, valid_until INTEGER)",
      "coatcheck_fences.value must be TEXT",
    ],
    [
      "DROP TABLE coatcheck_fences; CREATE TABLE coatcheck_fences (user_key TEXT, value TEXT, valid_until INTEGER)",
      "coatcheck_fences must have the primary key (user_key)",
    ],
  ]) {
    test(`is refused with what is wrong: ${complaint}`, async () => {
      connectTo(path).exec(`DROP TABLE coatcheck_schema; ${change}`);
      await expect(openStore(path)).rejects.toMatchObject({
        code: "store_schema_unsupported",
        message: expect.stringContaining(complaint ?? ""),
      });
    });
  }
});

test("a file in which a table has the name of our index is refused with the reason in the message", async () => {
  const path = await newSqlitePath();
  const database = connectTo(path);
  database.exec("CREATE TABLE coatcheck_sessions_by_expiry (id)");
  await expect(openStore(path)).rejects.toMatchObject({
    code: "store_unavailable",
    message: expect.stringContaining("coatcheck_sessions_by_expiry"),
  });
});
