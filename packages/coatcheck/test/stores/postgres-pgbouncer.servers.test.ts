import { missingProgram, PgBouncer, PostgresServer } from "@coatcheck/throwaway-servers";
import { type CreateStore, storeContract } from "coatcheck/testing";
import { afterAll, beforeAll, describe, test } from "vitest";
import { PostgresDatabase } from "./support/postgres-stores.ts";

const runner = { describe, test };
const isMissing = missingProgram("postgres") || missingProgram("pgbouncer");

/** In transaction mode each transaction may get another connection of the server, and whatever it left there. */
describe.skipIf(isMissing)("Postgres behind PgBouncer", () => {
  let server: PostgresServer;
  let bouncer: PgBouncer;
  let database: PostgresDatabase;

  beforeAll(async () => {
    server = await PostgresServer.start();
    const listener = await server.createDatabase();
    bouncer = await PgBouncer.start(listener);
    database = await PostgresDatabase.create({ pool: bouncer.url, listener });
  });

  afterAll(async () => {
    await database.end();
    await bouncer.stop();
    await server.stop();
  });

  const createStore: CreateStore = (clock) => database.stores("given")(clock);
  storeContract({ runner, createStore, clock: "given" });
});
