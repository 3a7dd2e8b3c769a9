import { missingProgram, PgBouncer, PostgresServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { psql } from "./support/psql.ts";

describe.skipIf(missingProgram("postgres") || missingProgram("pgbouncer"))("PgBouncer", () => {
  let postgres: PostgresServer;
  let bouncer: PgBouncer;

  beforeAll(async () => {
    postgres = await PostgresServer.start();
    await psql(postgres.url, "CREATE ROLE guest LOGIN PASSWORD 'it''s a secret'");
    const url = new URL(await postgres.createDatabase());
    url.username = "guest";
    url.password = "it's a secret";
    bouncer = await PgBouncer.start(url.href);
  });

  afterAll(async () => {
    await bouncer?.stop();
    await postgres?.stop();
  });

  test("leads to the database, as the user of its URL", async () => {
    expect(new URL(bouncer.url).port).not.toBe(String(postgres.port));
    const [user, database] = (await psql(bouncer.url, "SELECT current_user, current_database()")).split("|");
    expect(user).toBe("guest");
    expect(new URL(bouncer.url).pathname).toBe(`/${database}`);
  });

  test("pools by transaction", async () => {
    const console = new URL(bouncer.url);
    console.pathname = "/pgbouncer";
    console.username = "pgbouncer";
    const settings = await psql(console.href, "SHOW CONFIG");
    expect(settings).toContain("pool_mode|transaction|");
  });
});
