import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { SqliteSessionStore, type SqliteSessionStoreOptions } from "coatcheck/stores/sqlite";
import { onTestFinished } from "vitest";

/** The path of a database that does not exist yet, in a folder that goes with the test. */
export async function newSqlitePath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "sessions.db");
}

/** A connection that is closed with the test. */
export function connectTo(path: string, options?: Database.Options): Database.Database {
  const database = new Database(path, options);
  onTestFinished(() => void database.close());
  return database;
}

/** A store of this process on a connection of its own, closed with the test. */
export async function openStore(
  path: string,
  options: Omit<SqliteSessionStoreOptions, "database"> = {},
): Promise<SqliteSessionStore> {
  const store = await SqliteSessionStore.open({ database: connectTo(path), pollIntervalMilliseconds: 5, ...options });
  onTestFinished(() => store.close());
  return store;
}
