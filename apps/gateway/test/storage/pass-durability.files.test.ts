import { join } from "node:path";
import { ManualClock } from "coatcheck/testing";
import { expect, onTestFinished, test } from "vitest";
import { AccountDatabase } from "../../src/storage/sqlite/account-database.ts";
import { SqliteAccessStore } from "../../src/storage/sqlite/sqlite-access-store.ts";
import { temporaryFolder } from "../accounts/support/test-accounts.ts";

/** As `PRAGMA synchronous` numbers them: whether a commit waits for the disk. */
const [NORMAL, FULL] = [1, 2];

test("a pass can be revoked after a power cut: that it was handed out is on the disk before the answer", async () => {
  const path = join(temporaryFolder(), "accounts.sqlite");
  const database = await AccountDatabase.open({ path, purpose: "gateway" });
  onTestFinished(() => database.close());
  const access = new SqliteAccessStore(database, new ManualClock());
  /** Which level the latest commit was made with: it stays until a commit needs another. */
  const level = () => database.read(() => database.prepare<[], object>("PRAGMA synchronous").get());

  await access.removeExpired(10);
  expect(await level()).toEqual({ synchronous: NORMAL });
  await access.notePasses("digest", Date.now() + 60_000);
  expect(await level()).toEqual({ synchronous: FULL });
  await access.removeExpired(10);
  await access.noteEnding(["digest"], Date.now() + 60_000);
  expect(await level()).toEqual({ synchronous: FULL });
});
