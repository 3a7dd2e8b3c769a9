// One process on a SQLite file. Does what it is told over its channel, one order after the other, and reports each
// thing that the store acknowledged. Runs what is built: a process of its own cannot load TypeScript.
import Database from "better-sqlite3";
import { SqliteSessionStore } from "../../../dist/stores/sqlite.js";

const store = await SqliteSessionStore.open({ database: new Database(process.argv[2]) });
let isStopped = false;

const orders = {
  /** Inserts the records, all at once; the outcomes. */
  async insertAll({ records, limit }) {
    const insert = async (record) => store.insert(record, await store.readFence(record.userKey), limit);
    const outcomes = await Promise.all(records.map(insert));
    return outcomes.map(({ outcome }) => outcome);
  },

  /** Logs in again and again, and touches what it logged in; the fence that each session began under. */
  async logInUntilStopped({ records, limit }) {
    const begun = [];
    for (const record of records) {
      if (isStopped) break;
      const reading = await store.readFence(record.userKey);
      await new Promise((resolve) => setImmediate(resolve));
      const { outcome } = await store.insert(record, reading, limit);
      if (outcome !== "inserted") continue;
      begun.push({ sessionId: record.sessionId, fence: reading.fence });
      await store.update(record, { lastSeenAt: record.lastSeenAt + 1 }, 1);
    }
    return begun;
  },

  /** Inserts every record and removes every second one, reporting each acknowledgement as it comes. */
  async storm({ records, limit }) {
    for (const [index, record] of records.entries()) {
      const { outcome } = await store.insert(record, await store.readFence(record.userKey), limit);
      if (outcome !== "inserted") throw new Error(outcome);
      process.send({ acknowledged: "inserted", sessionId: record.sessionId });
      if (index % 2 === 0) continue;
      process.send({ acknowledged: "removing", sessionId: record.sessionId });
      await store.delete(record, "revoked");
      process.send({ acknowledged: "removed", sessionId: record.sessionId });
    }
  },

  remove: ({ reference, reason }) => store.delete(reference, reason),
};

process.on("message", async ({ order, ...details }) => {
  if (order === "stop") isStopped = true;
  else process.send({ answer: await orders[order](details) });
});
process.send({ ready: true });
