import { join } from "node:path";
import { missingProgram } from "@coatcheck/throwaway-servers";
import Database from "better-sqlite3";
import { beforeEach, describe, onTestFinished } from "vitest";
import { AccountDatabase } from "../../../src/storage/sqlite/account-database.ts";
import { SqliteLoginThrottle } from "../../../src/storage/sqlite/sqlite-login-throttle.ts";
import { openTestAccounts, temporaryFolder } from "../../accounts/support/test-accounts.ts";
import type { DatabaseForTests } from "./database-for-tests.ts";
import { postgresDatabase } from "./postgres-for-tests.ts";

/** Runs the same tests on each kind of database: what the contracts promise holds on all of them. */
export function describeOnEveryDatabase(tests: (database: DatabaseForTests) => void): void {
  describe("on SQLite", () => tests(sqliteDatabase()));
  describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("on Postgres", () => tests(postgresDatabase()));
}

/** And on those that hold copies. */
export function describeOnEveryAccountStore(tests: (database: DatabaseForTests) => void): void {
  describeOnEveryDatabase(tests);
  describe.skipIf(missingProgram("postgres", "TEST_POSTGRES_URL"))("on Postgres, with a near-cache", () => {
    tests(postgresDatabase({ hasNearCache: true }));
  });
}

function sqliteDatabase(): DatabaseForTests {
  let path: string;
  beforeEach(() => {
    path = join(temporaryFolder(), "accounts.sqlite");
  });
  return {
    open: (clock) => openTestAccounts(path, clock),
    async openThrottle(maximumRowsPerKind, clock) {
      const database = await AccountDatabase.open({ path, purpose: "gateway" });
      onTestFinished(() => database.close());
      return new SqliteLoginThrottle(database, clock, maximumRowsPerKind);
    },
    async blockWrites() {
      openDirectly(path).exec("BEGIN IMMEDIATE");
    },
    async rows(table) {
      return openDirectly(path).prepare<[], Readonly<Record<string, unknown>>>(`SELECT * FROM ${table}`).all();
    },
  };
}

function openDirectly(path: string): Database.Database {
  const database = new Database(path);
  onTestFinished(() => void database.close());
  return database;
}
