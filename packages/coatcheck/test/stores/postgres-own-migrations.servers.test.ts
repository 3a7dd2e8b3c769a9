import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { SessionManager } from "coatcheck";
import type { RemovedSession } from "coatcheck/store";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { connectTo, poolOn } from "./support/postgres-stores.ts";

const FILE = readFileSync(new URL("../../migrations/postgres/0001-sessions.sql", import.meta.url), "utf8");
const DOCUMENT = readFileSync(new URL("../../../../docs/own-migrations.md", import.meta.url), "utf8");
/** Roles are the server's, which other tests may use too. */
const ROLE = `app_${randomBytes(6).toString("hex")}`;
/** What the document says that the application's role needs. */
const GRANTS = /^GRANT [^;]*;$/gm;

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("a team that migrates by a tool of its own", () => {
  let server: PostgresForTests;
  let url: string;
  let owner: Pool;
  let pools: Pool[];

  beforeAll(async () => {
    server = await postgresForTests();
    const anyDatabase = poolOn(await server.createDatabase());
    await anyDatabase.query(`CREATE ROLE ${ROLE} LOGIN`);
    await anyDatabase.end();
  });

  afterAll(() => server.stop());

  beforeEach(async () => {
    url = await server.createDatabase();
    owner = poolOn(url);
    pools = [owner];
  });

  afterEach(async () => {
    for (const pool of pools) await pool.end();
  });

  function poolOfApp(): Pool {
    const pool = poolOn(urlOfApp());
    pools.push(pool);
    return pool;
  }

  function urlOfApp(): string {
    const own = new URL(url);
    own.username = ROLE;
    return own.href;
  }

  const open = (pool: Pool, listenerUrl = url, options: { readonly schema?: string } = {}) =>
    PostgresSessionStore.open({ pool, connectListener: () => connectTo(listenerUrl), ...options });

  /** Everything that an application does with its sessions. */
  async function useSessions(store: PostgresSessionStore): Promise<void> {
    const heard: RemovedSession[] = [];
    store.subscribe((removed) => heard.push(removed));
    const sessions = new SessionManager({ store });
    const logIn = async () => sessions.login(await sessions.begin("ada"));
    const [first] = [await logIn(), await logIn()];
    if (first.outcome !== "logged_in") throw new Error(first.outcome);
    const visitor = await sessions.authenticate(first.token);
    if (visitor.status !== "authenticated") throw new Error(visitor.reason);
    expect(await sessions.replaceData(visitor, { visits: 1 })).toBe(true);
    await sessions.logout(visitor);
    expect(await sessions.revokeAll("ada")).toBe(1);
    expect(await sessions.removeExpired()).toBe(0);
    store.close();
  }

  describe("and applied the SQL file, and nothing else", () => {
    beforeEach(() => owner.query(FILE));

    test("opens the store, and has no migration left to do", async () => {
      await useSessions(await open(owner));
      await migratePostgresSessions(owner);
      expect((await owner.query("SELECT version FROM coatcheck_schema")).rows).toEqual([{ version: 1 }]);
      await useSessions(await open(owner));
    });

    test("lets its application use the tables by a role that may create none", async () => {
      const grants = DOCUMENT.match(GRANTS) ?? [];
      expect(grants.length).toBeGreaterThanOrEqual(2);
      for (const grant of grants) await owner.query(grant.replace("TO app", `TO ${ROLE}`));
      const pool = poolOfApp();
      await expect(pool.query("CREATE TABLE theirs (id integer)")).rejects.toMatchObject({ code: "42501" });
      await migratePostgresSessions(pool);
      await useSessions(await open(pool, urlOfApp()));
    });

    test("is told which table its application's role may not read, and that waiting does not help", async () => {
      const opening = open(poolOfApp(), urlOfApp());
      await expect(opening).rejects.toMatchObject({
        code: "store_permission_denied",
        statusCode: 500,
        message: expect.stringContaining("permission denied for table coatcheck_schema"),
      });
    });

    test("is told of a right that is missing when a request needs it", async () => {
      await owner.query(`GRANT SELECT ON coatcheck_schema, coatcheck_sessions, coatcheck_fences TO ${ROLE}`);
      const store = await open(poolOfApp(), urlOfApp());
      await expect(store.deleteByUser("ada", "revoked")).rejects.toMatchObject({
        code: "store_permission_denied",
        message: expect.stringContaining("coatcheck_fences"),
      });
      store.close();
    });
  });

  describe("and made the tables without our table of versions", () => {
    beforeEach(() => owner.query(`${FILE}; DROP TABLE coatcheck_schema`));

    test("opens the store, also by a role that could not write a version down", async () => {
      await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE}`);
      const pool = poolOfApp();
      await migratePostgresSessions(pool);
      await useSessions(await open(pool, urlOfApp()));
    });

    test("has the version written down by a migration that may", async () => {
      await migratePostgresSessions(owner);
      expect((await owner.query("SELECT version FROM coatcheck_schema")).rows).toEqual([{ version: 1 }]);
      await useSessions(await open(owner));
    });

    test("may have columns of its own that need no value", async () => {
      await owner.query(
        "ALTER TABLE coatcheck_sessions ADD COLUMN tenant integer, ADD seen boolean NOT NULL DEFAULT true",
      );
      await useSessions(await open(owner));
    });

    for (const [change, complaint] of [
      ["ALTER TABLE coatcheck_sessions DROP COLUMN pending", "coatcheck_sessions has no column pending"],
      ["ALTER TABLE coatcheck_fences ALTER value SET NOT NULL", "coatcheck_fences.value must allow null"],
      ["ALTER TABLE coatcheck_sessions ALTER created_at TYPE integer", "coatcheck_sessions.created_at must be bigint"],
      [
        "ALTER TABLE coatcheck_sessions ADD COLUMN tenant integer NOT NULL",
        "coatcheck_sessions.tenant needs a default",
      ],
      [
        "ALTER TABLE coatcheck_fences DROP CONSTRAINT coatcheck_fences_pkey",
        "coatcheck_fences must have the primary key",
      ],
      ["DROP TABLE coatcheck_tombstones", "there is no table coatcheck_tombstones"],
    ]) {
      test(`is told what is wrong: ${complaint}`, async () => {
        await owner.query(change ?? "");
        const refusal = { code: "store_schema_unsupported", message: expect.stringContaining(complaint ?? "") };
        await expect(open(owner)).rejects.toMatchObject(refusal);
        await expect(migratePostgresSessions(owner)).rejects.toMatchObject(refusal);
      });
    }
  });

  test("is told by the first message why a server cannot be reached", async () => {
    const pool = poolOn("postgres://app@127.0.0.1:1/nowhere");
    pools.push(pool);
    const refusal = { code: "store_unavailable", message: expect.stringContaining("ECONNREFUSED 127.0.0.1:1") };
    await expect(open(pool)).rejects.toMatchObject(refusal);
    await expect(migratePostgresSessions(pool)).rejects.toMatchObject(refusal);
  });

  describe("and keeps the tables in a schema of their own", () => {
    const schema = "auth";

    async function schemasWithTables(): Promise<unknown> {
      const query = "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'coatcheck%'";
      return (await owner.query(query)).rows.map(({ schemaname }) => schemaname);
    }

    test.each([1, 2])("finds them there, in %i partitions", async (partitions) => {
      await migratePostgresSessions(owner, { schema, partitions });
      await migratePostgresSessions(owner, { schema });
      expect(await schemasWithTables()).toEqual([schema]);
      await useSessions(await open(owner, url, { schema }));
      await expect(open(owner)).rejects.toMatchObject({ code: "store_schema_unsupported" });
    });

    test("lets a role in that may create no schema", async () => {
      await migratePostgresSessions(owner, { schema });
      await owner.query(`GRANT USAGE ON SCHEMA auth TO ${ROLE}`);
      await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA auth TO ${ROLE}`);
      const pool = poolOfApp();
      await migratePostgresSessions(pool, { schema });
      await useSessions(await open(pool, urlOfApp(), { schema }));
    });

    test("hears of what was removed there, and of nothing in another schema", async () => {
      await migratePostgresSessions(owner, { schema });
      await migratePostgresSessions(owner);
      const [theirs, ours] = [await open(owner, url, { schema }), await open(owner)];
      const [heardByTheirs, heardByOurs]: [string[], string[]] = [[], []];
      const channels: string[] = [];
      theirs.subscribe(
        ({ userId }) => heardByTheirs.push(userId),
        (state) => channels.push(state),
      );
      ours.subscribe(
        ({ userId }) => heardByOurs.push(userId),
        (state) => channels.push(state),
      );
      await vi.waitFor(() => expect(channels).toEqual(["open", "open"]), { timeout: 15_000 });
      for (const [store, user] of [
        [theirs, "of theirs"],
        [ours, "of ours"],
      ] as const) {
        const sessions = new SessionManager({ store });
        await sessions.login(await sessions.begin(user));
        await sessions.revokeAll(user);
      }
      // Postgres tells in the order of the commits: what is heard last comes after what should not be heard.
      await vi.waitFor(() => expect(heardByOurs).toContain("of ours"), { timeout: 15_000 });
      await vi.waitFor(() => expect(heardByTheirs).toContain("of theirs"), { timeout: 15_000 });
      expect([heardByTheirs, heardByOurs]).toEqual([["of theirs"], ["of ours"]]);
      theirs.close();
      ours.close();
    });

    test.each(["", "Auth", 'a"; DROP TABLE users; --', "a.b", "x".repeat(41), 1 as unknown as string])(
      "is not asked to guess what %j means",
      async (name) => {
        const refusal = expect.objectContaining({ code: "invalid_configuration" });
        await expect((async () => open(owner, url, { schema: name }))()).rejects.toEqual(refusal);
        await expect((async () => migratePostgresSessions(owner, { schema: name }))()).rejects.toEqual(refusal);
      },
    );
  });
});
