import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectTo, poolOn } from "./support/postgres-stores.ts";

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("the tables of sessions in Postgres", () => {
  let server: PostgresForTests;
  let url: string;
  let pool: Pool;

  beforeAll(async () => {
    server = await postgresForTests();
  });

  afterAll(() => server.stop());

  beforeEach(async () => {
    url = await server.createDatabase();
    pool = poolOn(url);
  });

  afterEach(() => pool.end());

  const open = () => PostgresSessionStore.open({ pool, connectListener: () => connectTo(url) });

  async function tables(): Promise<readonly string[]> {
    const { rows } = await pool.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename");
    return rows.map(({ tablename }) => tablename);
  }

  test("are made once, however many processes start at once", async () => {
    const pools = Array.from({ length: 8 }, () => poolOn(url));
    await Promise.all(pools.map((each) => migratePostgresSessions(each)));
    for (const each of pools) await each.end();
    const names = ["coatcheck_fences", "coatcheck_schema", "coatcheck_sessions", "coatcheck_tombstones"];
    expect(await tables()).toEqual(names);
    expect((await pool.query("SELECT version FROM coatcheck_schema")).rows).toEqual([{ version: 1 }]);
    (await open()).close();
  });

  test("stay as they are when they are there", async () => {
    await migratePostgresSessions(pool, { partitions: 2 });
    const before = await tables();
    await migratePostgresSessions(pool);
    await migratePostgresSessions(pool, { partitions: 4 });
    expect(await tables()).toEqual(before);
  });

  test("are divided by user into as many as asked for", async () => {
    await migratePostgresSessions(pool, { partitions: 3 });
    const names = await tables();
    for (const table of ["coatcheck_fences", "coatcheck_sessions", "coatcheck_tombstones"]) {
      expect(names.filter((name) => name.startsWith(`${table}_`))).toHaveLength(3);
    }
    const strategy = "SELECT partstrat FROM pg_partitioned_table WHERE partrelid = 'coatcheck_sessions'::regclass";
    expect((await pool.query(strategy)).rows).toEqual([{ partstrat: "h" }]);
  });

  test("are asked for, where they are not there", async () => {
    await expect(open()).rejects.toMatchObject({
      code: "store_schema_unsupported",
      message: expect.stringContaining("coatcheck migrate"),
    });
  });

  test("of a newer version are left alone", async () => {
    await migratePostgresSessions(pool);
    await pool.query("INSERT INTO coatcheck_schema (version) VALUES (99)");
    await expect(open()).rejects.toMatchObject({ code: "store_schema_unsupported" });
    await expect(migratePostgresSessions(pool)).rejects.toMatchObject({ code: "store_schema_unsupported" });
  });

  test("are not half made when something fails", async () => {
    // The name of the last index that the migration makes.
    await pool.query("CREATE TABLE coatcheck_tombstones_by_age (something_else integer)");
    await expect(migratePostgresSessions(pool)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining('relation "coatcheck_tombstones_by_age" already exists'),
    });
    expect(await tables()).toEqual(["coatcheck_tombstones_by_age"]);
  });

  for (const partitions of [0, 1.5, 1_025, Number.NaN]) {
    test(`are not divided into ${partitions}`, async () => {
      await expect((async () => migratePostgresSessions(pool, { partitions }))()).rejects.toMatchObject({
        code: "invalid_configuration",
      });
    });
  }
});
