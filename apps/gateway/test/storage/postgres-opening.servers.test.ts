import { randomBytes } from "node:crypto";
import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openPostgresAccounts } from "../../src/storage/accounts/open-postgres-accounts.ts";
import { emailOf } from "../accounts/support/test-accounts.ts";
import { openOnPostgres, queryDirectly } from "./support/postgres-for-tests.ts";

const newAda = { email: emailOf("ada@example.com"), name: "Ada", passwordHash: "hash" };
const ownTables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("accounts on Postgres", () => {
  let server: PostgresForTests;
  beforeAll(async () => {
    server = await postgresForTests();
  });
  afterAll(() => server?.stop());

  test("are migrated once by eight nodes that open a new database at the same time", async () => {
    const url = await server.createDatabase();
    const nodes = await Promise.all(Array.from({ length: 8 }, () => openOnPostgres(url)));
    await Promise.all(
      nodes.map(({ accounts }, index) => accounts.add({ ...newAda, email: emailOf(`user${index}@example.com`) })),
    );
    expect(await nodes[0]?.accounts.list()).toHaveLength(8);
    expect(await queryDirectly(url, "SELECT version FROM coatcheck_accounts_schema")).toEqual([{ version: 5 }]);
  });

  test("share their database with the tables of an application", async () => {
    const url = await server.createDatabase();
    await queryDirectly(url, "CREATE TABLE accounts (id text); INSERT INTO accounts VALUES ('kept')");
    const { accounts } = await openOnPostgres(url);
    await accounts.add(newAda);
    expect(await queryDirectly(url, "SELECT id FROM accounts")).toEqual([{ id: "kept" }]);
  });

  test("need no more than to read and write once their tables are there", async () => {
    const url = await server.createDatabase();
    await openOnPostgres(url);
    const role = `test_${randomBytes(6).toString("hex")}`;
    await queryDirectly(
      url,
      `REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE ${role} LOGIN PASSWORD 'secret';
       GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
    );
    onTestFinished(async () => {
      await queryDirectly(url, `DROP OWNED BY ${role}; DROP ROLE ${role}`);
    });
    const restricted = new URL(url);
    restricted.username = role;
    restricted.password = "secret";
    const { accounts, devices, throttle } = await openOnPostgres(restricted.href);
    const added = await accounts.add(newAda);
    if (added.outcome !== "added") throw new Error(added.outcome);
    await devices.issue(added.account.id);
    expect((await throttle.reserve({ email: newAda.email, address: "192.0.2.1", trusted: null })).allowed).toBe(true);
    expect(await accounts.disable(added.account.id)).not.toBeNull();
  });

  test("of a newer version are refused, and stay as they were", async () => {
    const url = await server.createDatabase();
    await openOnPostgres(url);
    await queryDirectly(url, "UPDATE coatcheck_accounts_schema SET version = 9999");
    await expect(openPostgresAccounts({ url })).rejects.toMatchObject({ code: "accounts_schema_unsupported" });
    expect(await queryDirectly(url, "SELECT version FROM coatcheck_accounts_schema")).toEqual([{ version: 9999 }]);
  });

  test("are migrated as a whole or not at all", async () => {
    const url = await server.createDatabase();
    await queryDirectly(url, "CREATE TABLE coatcheck_login_failures (of_somebody_else text)");
    await expect(openPostgresAccounts({ url })).rejects.toMatchObject({ code: "database_cannot_be_opened" });
    expect(await queryDirectly(url, ownTables)).toEqual([{ tablename: "coatcheck_login_failures" }]);
  });

  test.each([
    { what: "no server is", change: { port: "9" }, says: /ECONNREFUSED/ },
    { what: "the database is not", change: { pathname: "/missing" }, says: /does not exist/ },
  ])("say where $what, and never the password", async ({ change, says }) => {
    const url = new URL(server.url);
    if (url.password === "") url.password = "a-secret-password";
    Object.assign(url, change);
    const fault: Error = await openPostgresAccounts({ url: url.href }).then(
      () => Promise.reject(new Error("It was opened.")),
      (error) => error,
    );
    expect(fault).toMatchObject({ code: "database_cannot_be_opened", message: expect.stringMatching(says) });
    expect(fault.message).toContain(`${url.hostname}:${url.port || "5432"}`);
    expect(`${fault.message} ${fault.cause} ${JSON.stringify(fault.cause)}`).not.toContain(url.password);
  });
});
