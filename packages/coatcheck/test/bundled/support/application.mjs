// What an application that is deployed as one file does: it opens its stores and logs a user in. The test bundles it.
import Database from "better-sqlite3";
import { SessionManager } from "coatcheck";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import pg from "pg";

async function logInWith(store) {
  const sessions = new SessionManager({ store });
  const login = await sessions.login(await sessions.begin("user 42"));
  return login.outcome;
}

async function sqlite() {
  return logInWith(await SqliteSessionStore.open({ database: new Database(":memory:") }));
}

async function postgres(connectionString) {
  const pool = new pg.Pool({ connectionString });
  await migratePostgresSessions(pool);
  const connectListener = async () => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    return client;
  };
  const store = await PostgresSessionStore.open({ pool, connectListener });
  const outcome = await logInWith(store);
  store.close();
  await pool.end();
  return outcome;
}

const { POSTGRES_URL } = process.env;
(POSTGRES_URL === undefined ? sqlite() : postgres(POSTGRES_URL)).then(
  (outcome) => process.stdout.write(outcome),
  (error) => {
    process.stdout.write(`${error.code}: ${error.cause?.message ?? error.message}`);
    process.exitCode = 1;
  },
);
