import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { expect, test } from "vitest";
import { connectTo, newSqlitePath } from "./support/sqlite-file.ts";

test("a database that cannot have a write-ahead log is refused", async () => {
  // SQLite's own temporary files are of that kind, and so are files on some network drives.
  const opening = SqliteSessionStore.open({ database: connectTo("") });
  await expect(opening).rejects.toMatchObject({ code: "store_unavailable" });
});

test("a file that stays locked is refused after the deadline, and the event loop goes on", async () => {
  const path = await newSqlitePath();
  // Until a file is in WAL mode, a lock keeps readers out, too.
  connectTo(path).exec("CREATE TABLE anything (at_all); BEGIN EXCLUSIVE");
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 5);
  const opening = SqliteSessionStore.open({ database: connectTo(path), deadlineMilliseconds: 200 });
  await expect(opening).rejects.toMatchObject({ code: "store_unavailable", cause: { code: "SQLITE_BUSY" } });
  clearInterval(timer);
  expect(turns).toBeGreaterThanOrEqual(5);
});
