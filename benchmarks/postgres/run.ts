import { PostgresServer } from "@coatcheck/throwaway-servers";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import pg from "pg";
import { fill } from "../fill.ts";
import { authenticating, type KnownSession, lookupContestant } from "../lookups.ts";
import { measure } from "../measure.ts";
import { printTable, report } from "../report.ts";

const SESSIONS = 100_000;
/** One at a time shows the cost of a call; many show what is left of it when the connections are busy. */
const IN_FLIGHT = [1, 64] as const;
const ROUNDS = 15;
const MILLISECONDS_PER_TURN = 500;

/** The columns of a session, as a program that knows nothing of sessions asks for them. */
const SELECT = {
  name: "session",
  text: "SELECT * FROM coatcheck_sessions WHERE user_key = $1 AND session_id = $2",
} as const;

/** How much dearer than its SELECT is `authenticate()` over Postgres? */
export async function runPostgres(): Promise<void> {
  const server = await PostgresServer.start();
  const pool = new pg.Pool({ connectionString: server.url, max: 10 });
  await migratePostgresSessions(pool);
  const connectListener = async () => {
    const client = new pg.Client(server.url);
    await client.connect();
    return client;
  };
  const store = await PostgresSessionStore.open({ pool, connectListener });
  report(`logging in ${SESSIONS.toLocaleString("en")} sessions`);
  const tokens = await fill(store, SESSIONS);
  await pool.query("VACUUM ANALYZE coatcheck_sessions");
  const select = async ({ userKey, sessionId }: KnownSession) =>
    (await pool.query({ ...SELECT, values: [userKey, sessionId] })).rows.length === 1;

  const contestants = IN_FLIGHT.flatMap((inFlight) => [
    lookupContestant(`SELECT alone, prepared, ${inFlight} in flight`, tokens, { inFlight, isFound: select }),
    lookupContestant(`authenticate(), ${inFlight} in flight`, tokens, { inFlight, isFound: authenticating(store) }),
  ]);
  const measurements = await measure(contestants, {
    rounds: ROUNDS,
    millisecondsPerTurn: MILLISECONDS_PER_TURN,
    onRound: (round) => report(`round ${round} of ${ROUNDS}`),
  });
  const baseline = new Map(
    IN_FLIGHT.map((inFlight) => [
      inFlight,
      measurements.find(({ name }) => name === `SELECT alone, prepared, ${inFlight} in flight`)
        ?.nanosecondsPerOperation ?? Number.NaN,
    ]),
  );
  printTable(
    ["Postgres", "µs", "× the SELECT alone"],
    measurements.map(({ name, nanosecondsPerOperation: nanoseconds }) => {
      const inFlight = IN_FLIGHT.find((each) => name.endsWith(`, ${each} in flight`)) ?? 1;
      return [name, (nanoseconds / 1_000).toFixed(1), (nanoseconds / (baseline.get(inFlight) ?? 1)).toFixed(2)];
    }),
  );
  await store.close();
  await pool.end();
  await server.stop();
}
