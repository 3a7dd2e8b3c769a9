import type { SessionChange, SessionRecord } from "coatcheck/store";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { sessionRecordNamed, userKeyNamed } from "coatcheck/testing";
import { expect, test } from "vitest";
import { InterruptedDatabase } from "./interrupted-database.ts";
import { connectTo, newSqlitePath } from "./support/sqlite-file.ts";

const ADA = userKeyNamed("ada");
const LIMIT = { maximum: 100, whenFull: "evict" } as const;
/** As `PRAGMA synchronous` numbers them: whether a commit waits for the disk. */
const [NORMAL, FULL] = [1, 2];

type Work = (store: SqliteSessionStore, record: SessionRecord) => Promise<unknown>;
const change = (text: string, fields: SessionChange, waits: number) => ({
  text,
  waits,
  work: (async (store, record) => store.update(record, fields, 1)) satisfies Work,
});

const commits: readonly { readonly text: string; readonly waits: number; readonly work: Work }[] = [
  {
    text: "a login",
    waits: FULL,
    work: async (store) => store.insert(sessionRecordNamed("another", Date.now()), await store.readFence(ADA), LIMIT),
  },
  { text: "a logout", waits: FULL, work: (store, record) => store.delete(record, "logged_out") },
  { text: "a revoke-all", waits: FULL, work: (store) => store.deleteByUser(ADA, "revoked") },
  { text: "a sweep", waits: FULL, work: (store) => store.deleteExpired(10) },
  change("a confirmed rotation", { pending: null, lastSeenAt: 1, idleDeadline: 1 }, FULL),
  change("a write of data", { data: { theme: "dark" } }, FULL),
  change("a longer life", { absoluteDeadline: Date.now() + 1_000_000 }, FULL),
  // Lost in a power cut, it ends a session early and never late.
  change("a touch", { lastSeenAt: Date.now(), idleDeadline: Date.now() + 1_000_000 }, NORMAL),
];

test.each(commits)("$text is committed with synchronous = $waits, also after a touch", async ({ work, waits }) => {
  const connection = connectTo(await newSqlitePath());
  const database = new InterruptedDatabase(connection);
  const store = await SqliteSessionStore.open({ database });
  const [record, touched] = [sessionRecordNamed("phone", Date.now()), sessionRecordNamed("touched", Date.now())];
  for (const each of [record, touched]) await store.insert(each, await store.readFence(ADA), LIMIT);
  await store.update(touched, { lastSeenAt: Date.now() }, 1);

  const levels: unknown[] = [];
  database.interruptAfter("COMMIT", () => levels.push(connection.pragma("synchronous", { simple: true })));
  await work(store, record);
  expect(levels).toEqual([waits]);
});
