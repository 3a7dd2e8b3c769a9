import Database from "better-sqlite3";
import { LoginManager, oncePerProcess, RequestGuard, SessionManager } from "coatcheck";
import { FetchLogin } from "coatcheck/adapters/fetch";
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

/** The logins that keep their sessions there, opened by the first request that asks. */
export function loginsWith(name) {
  if (name !== "doubled-memory") return oncePerProcess(`logins in ${name}`, () => open(name));
  // One for each time that Next.js evaluates this module.
  doubled[name] ??= open("memory");
  return doubled[name];
}

async function open(name) {
  const sessions = new SessionManager({ store: await stores[name]() });
  const guard = new RequestGuard({ sessions, origin: process.env.ORIGIN });
  return new FetchLogin(new LoginManager({ guard, userLoader: (id) => ({ id }) }));
}
