import Database from "better-sqlite3";
import { oncePerProcess } from "coatcheck";
import { coatcheck } from "coatcheck/fetch";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import pg from "pg";

const stores = {
  memory: () => new MemorySessionStore(),
  sqlite: () => SqliteSessionStore.open({ database: new Database(process.env.SQLITE_FILE) }),
  async postgres() {
    const connectionString = process.env.POSTGRES_URL;
    const pool = new pg.Pool({ connectionString });
    await migratePostgresSessions(pool);
    const connectListener = async () => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      return client;
    };
    return PostgresSessionStore.open({ pool, connectListener });
  },
};

const doubled = {};

/** The door whose sessions are kept there, opened by the first request that asks. */
export function loginsWith(name) {
  if (name !== "doubled-memory") return oncePerProcess(`logins in ${name}`, () => open(name));
  // One for each time that Next.js evaluates this module.
  doubled[name] ??= open("memory");
  return doubled[name];
}

async function open(name) {
  return coatcheck({ store: await stores[name](), origin: process.env.ORIGIN, findUser: (id) => ({ id }) });
}
