import { type Clock, CoatcheckError } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { openSqliteFile, sqliteOpeningFault } from "../sqlite/sqlite-file.ts";

/** @throws GatewayError `database_cannot_be_opened`; CoatcheckError `store_schema_unsupported` */
export async function openSqliteSessions(
  path: string,
  clock: Clock,
): Promise<{ readonly store: SessionStore; close(): Promise<void> }> {
  // Sessions have a connection of their own, even if accounts are in the same file: transactions must not mix.
  const database = openSqliteFile(path);
  try {
    const store = await SqliteSessionStore.open({ database, clock });
    return {
      store,
      async close() {
        store.close();
        database.close();
      },
    };
  } catch (error) {
    database.close();
    const isSystemFault = error instanceof CoatcheckError && error.code === "store_unavailable";
    throw isSystemFault ? sqliteOpeningFault(path, error.cause) : error;
  }
}
