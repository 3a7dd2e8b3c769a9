import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { type PostgresPool, PostgresSessionStore } from "coatcheck/stores/postgres";
import { sessionRecordNamed } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectTo, PostgresDatabase } from "./support/postgres-stores.ts";

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface PlanNode {
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly PlanNode[];
}

const LIMIT = { maximum: 1_000, whenFull: "refuse" } as const;

for (const partitions of [1, 2]) {
  describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))(`a sweep of Postgres in ${partitions}`, () => {
    let server: PostgresForTests;
    let database: PostgresDatabase;
    let store: PostgresSessionStore;
    const sent: Statement[] = [];

    beforeAll(async () => {
      server = await postgresForTests();
      const url = await server.createDatabase();
      database = await PostgresDatabase.create({ pool: url, listener: url }, partitions);
      const pool = recordingPool(database, sent);
      store = await PostgresSessionStore.open({ pool, connectListener: () => connectTo(url) });
    });

    afterAll(async () => {
      store.close();
      await database.end();
      await server.stop();
    });

    test("looks up what is due: what is not costs nothing, however much it is", async () => {
      sent.length = 0;
      await store.deleteExpired(10);
      const client = await connectTo(database.urls.pool);
      // A plan for so few rows would read them all, whatever it could look up.
      await client.query("SET enable_seqscan = off");
      const lookedUp: string[] = [];
      for (const { text, values } of sent) {
        const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${text}`, [...values]);
        lookedUp.push(...lookUps(rows[0]["QUERY PLAN"][0].Plan));
      }
      await client.end();
      expect(lookedUp).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/LEAST\(idle_deadline, absolute_deadline\) <=/),
          expect.stringMatching(/valid_until <=/),
          expect.stringMatching(/buried_until <=/),
        ]),
      );
    });

    test("leaves no fence and no tombstone that is past its lifetime, and no other is touched", async () => {
      const [past, future] = [Date.now() - 60_000, Date.now() + 60_000];
      const { pools } = database;
      for (const [prefix, count, until] of [
        ["past", 12_000, past],
        ["future", 3, future],
      ] as const) {
        await pools[0].query(
          `INSERT INTO coatcheck_fences SELECT $1 || number, 'value', $3::bigint FROM generate_series(1, $2) AS number`,
          [prefix, count, until],
        );
        await pools[0].query(
          `INSERT INTO coatcheck_tombstones SELECT $1 || number, 'id', $3::bigint FROM generate_series(1, $2) AS number`,
          [prefix, count, until],
        );
      }
      expect(await store.deleteExpired(10)).toEqual([]);
      for (const table of ["coatcheck_fences", "coatcheck_tombstones"]) {
        const { rows } = await pools[0].query(`SELECT user_key FROM ${table} ORDER BY user_key`);
        expect(rows.map(({ user_key }) => user_key)).toEqual(["future1", "future2", "future3"]);
      }
    });

    test("takes expired sessions in as many steps as it takes, and as many as asked for", async () => {
      const longAgo = Date.now() - 3_600_000;
      for (let index = 0; index < 250; index += 1) {
        const record = sessionRecordNamed(`number-${index}`, longAgo, { userKey: `user-${index}`.padEnd(20, "-") });
        const reading = await store.readFence(record.userKey);
        await store.insert({ ...record, idleDeadline: longAgo, absoluteDeadline: longAgo }, reading, LIMIT);
      }
      expect(await store.deleteExpired(220)).toHaveLength(220);
      expect(await store.deleteExpired(220)).toHaveLength(30);
    });
  });
}

/** A pool of the database that notes what is sent. */
function recordingPool({ pools }: PostgresDatabase, sent: Statement[]): PostgresPool {
  return {
    async connect() {
      const client = await pools[0].connect();
      return {
        query(query) {
          sent.push(query);
          return client.query(query);
        },
        release: (error) => client.release(error),
        on: (event, listener) => client.on(event, listener),
        off: (event, listener) => client.off(event, listener),
      };
    },
  };
}

/** The conditions by which a plan finds rows in an index, instead of reading them all. */
function lookUps(node: PlanNode): readonly string[] {
  const own = node["Index Cond"];
  return [...(own === undefined ? [] : [own]), ...(node.Plans ?? []).flatMap(lookUps)];
}
