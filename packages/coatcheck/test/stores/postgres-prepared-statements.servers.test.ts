import { missingProgram, PgBouncer, PostgresServer } from "@coatcheck/throwaway-servers";
import { PostgresSessionStore, type PostgresSessionStoreOptions } from "coatcheck/stores/postgres";
import { sessionRecordNamed } from "coatcheck/testing";
import { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectTo, PostgresDatabase } from "./support/postgres-stores.ts";

const OURS = "SELECT statement FROM pg_prepared_statements WHERE name LIKE 'coatcheck\\_%' ORDER BY statement";

describe.skipIf(missingProgram("postgres"))("Statements that each request runs", () => {
  let server: PostgresServer;
  let url: string;
  let database: PostgresDatabase;
  let pool: Pool;
  let store: PostgresSessionStore | undefined;
  const record = sessionRecordNamed("ada", Date.now());

  beforeAll(async () => {
    server = await PostgresServer.start();
    url = await server.createDatabase();
    database = await PostgresDatabase.create({ pool: url, listener: url });
  });

  beforeEach(() => {
    pool = poolOfOne(url);
  });

  afterEach(async () => {
    store?.close();
    await pool.end();
  });

  afterAll(async () => {
    await database.end();
    await server.stop();
  });

  async function open(options: Partial<PostgresSessionStoreOptions> = {}): Promise<PostgresSessionStore> {
    store = await PostgresSessionStore.open({ pool, connectListener: () => connectTo(url), ...options });
    return store;
  }

  async function prepared(): Promise<readonly string[]> {
    return (await pool.query<{ statement: string }>(OURS)).rows.map(({ statement }) => statement);
  }

  test("are prepared once on a connection to Postgres itself", async () => {
    const opened = await open();
    for (let call = 0; call < 3; call += 1) {
      await opened.find(record);
      await opened.update(record, { lastSeenAt: record.lastSeenAt }, 1);
    }
    expect(await prepared()).toEqual([
      expect.stringMatching(/^SELECT .* FROM coatcheck_sessions/),
      expect.stringMatching(/^UPDATE coatcheck_sessions/),
    ]);
  });

  test("are not prepared if the store is told so", async () => {
    await (await open({ preparedStatements: false })).find(record);
    expect(await prepared()).toEqual([]);
  });

  test("fail with a sentence, once, on a connection that has forgotten them", async () => {
    const opened = await open();
    await opened.find(record);
    await pool.query("DEALLOCATE ALL");
    await expect(opened.find(record)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringContaining("does not keep prepared statements"),
    });
    expect(await opened.find(record)).toBeNull();
  });

  test("are a choice of yes or no", async () => {
    const preparedStatements = "yes" as unknown as boolean;
    await expect(open({ preparedStatements })).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  describe.skipIf(missingProgram("pgbouncer"))("behind PgBouncer", () => {
    test("are not prepared: another connection may get them", async () => {
      const bouncer = await PgBouncer.start(url);
      const own = pool;
      pool = poolOfOne(bouncer.url);
      try {
        expect(await (await open()).find(record)).toBeNull();
        expect(await prepared()).toEqual([]);
      } finally {
        store?.close();
        store = undefined;
        await pool.end();
        pool = own;
        await bouncer.stop();
      }
    });
  });

  test("a login reads no more of a user's other sessions than it decides by", async () => {
    const opened = await open();
    const texts: string[] = [];
    const client = await pool.connect();
    const { query } = client;
    client.query = ((given: { text: string }) => {
      texts.push(given.text);
      return Reflect.apply(query, client, [given]);
    }) as typeof client.query;
    client.release();
    const reading = await opened.readFence(record.userKey);
    const limit = { maximum: 5, whenFull: "evict" } as const;
    expect(await opened.insert(record, reading, limit)).toMatchObject({ outcome: "inserted" });
    const lists = texts.filter((text) => /^SELECT user_key/.test(text));
    expect(lists).toHaveLength(1);
    expect(lists[0]).not.toMatch(/device|data|digest|csrf/);
  });
});

/** One connection, so that what it keeps can be looked at. */
function poolOfOne(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 1 });
  pool.on("error", () => {});
  return pool;
}
