import { missingProgram, type PostgresForTests, postgresForTests } from "@coatcheck/throwaway-servers";
import { type CreateStore, storeContract, storeModelTest } from "coatcheck/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { PostgresDatabase } from "./support/postgres-stores.ts";

const runner = { describe, test };

describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("Postgres", () => {
  let server: PostgresForTests;
  let database: PostgresDatabase;
  let partitioned: PostgresDatabase;

  beforeAll(async () => {
    server = await postgresForTests();
    [database, partitioned] = await Promise.all([open(1), open(4)]);
  });

  afterAll(async () => {
    await Promise.all([database.end(), partitioned.end()]);
    await server.stop();
  });

  async function open(partitions: number): Promise<PostgresDatabase> {
    const url = await server.createDatabase();
    return PostgresDatabase.create({ pool: url, listener: url }, partitions);
  }

  describe("with a time that tests move", () => {
    const createStore: CreateStore = (clock) => database.stores("given")(clock);
    storeContract({ runner, createStore, clock: "given" });
    storeModelTest({ runner, fc, createStore, runs: 20 });
  });

  describe("with the database's own clock", () => {
    storeContract({ runner, createStore: (clock) => database.stores("own")(clock), clock: "own" });
  });

  describe("with partitioned tables", () => {
    const createStore: CreateStore = (clock) => partitioned.stores("given")(clock);
    storeContract({ runner, createStore, clock: "given" });
  });
});
