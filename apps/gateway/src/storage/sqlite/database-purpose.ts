import type { Database } from "better-sqlite3";
import { GatewayError } from "../../errors.ts";

/**
 * The purpose for which a database is opened. A demo's database holds users whose passwords are published, so the
 * gateway must never serve one, and the demo must never write its users into anything else. The command line accepts
 * both.
 */
export type DatabasePurpose = "gateway" | "demo" | "command_line";

/**
 * Refuses a database that is meant for something else. Call it before anything is changed.
 *
 * @throws GatewayError `database_is_demo`, `database_is_not_demo`
 */
export function checkPurpose(database: Database, purpose: DatabasePurpose): void {
  const isDemo = isMarkedAsDemo(database);
  if (purpose === "gateway" && isDemo) {
    throw new GatewayError(
      "database_is_demo",
      "This database is the demo's: its users have published passwords. The gateway needs one of its own.",
    );
  }
  if (purpose === "demo" && !isDemo && !isEmpty(database)) {
    throw new GatewayError(
      "database_is_not_demo",
      "The demo did not create this database, and would add users with published passwords to it.",
    );
  }
}

export function markAsDemo(database: Database): void {
  database.prepare("INSERT INTO gateway_facts (name, value) VALUES ('purpose', 'demo')").run();
}

/** Whether nothing has been created in the database. */
export function isEmpty(database: Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
}

export function hasTable(database: Database, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

function isMarkedAsDemo(database: Database): boolean {
  if (!hasTable(database, "gateway_facts")) return false;
  return database.prepare("SELECT 1 FROM gateway_facts WHERE name = 'purpose' AND value = 'demo'").get() !== undefined;
}
