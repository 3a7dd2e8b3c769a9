import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { SqliteSessionStore } from "coatcheck/stores/sqlite";
import { fill } from "../fill.ts";
import { type Contestant, type Measurement, measure } from "../measure.ts";
import { printTable, report } from "../report.ts";
import { fastJwtContestants, joseContestants } from "./jwt-contestants.ts";
import { sessionContestant } from "./session-contestants.ts";

const SIZES = [1_000, 1_000_000] as const;
/** Enough for the file of a million sessions. */
const CACHE_KIBIBYTES = 800_000;
const BASELINE = "fast-jwt HS256";
const ROUNDS = 15;
const MILLISECONDS_PER_TURN = 200;

/** What does it cost to know who is there: a session looked up, or a JWT verified? One table, from one run. */
export async function runAuthenticate(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "coatcheck-benchmark-"));
  try {
    const contestants = [...(await sessionContestants(folder)), ...fastJwtContestants(), ...(await joseContestants())];
    const measurements = await measure(contestants, {
      rounds: ROUNDS,
      millisecondsPerTurn: MILLISECONDS_PER_TURN,
      onRound: (round) => report(`round ${round} of ${ROUNDS}`),
    });
    print(measurements);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sessionContestants(folder: string): Promise<readonly Contestant[]> {
  const contestants: Contestant[] = [];
  for (const size of SIZES) {
    const sessions = `${size.toLocaleString("en")} sessions`;
    report(`logging in ${sessions}, in memory`);
    const memory = new MemorySessionStore();
    contestants.push(sessionContestant(`memory, ${sessions}`, memory, await fill(memory, size)));

    report(`logging in ${sessions}, in SQLite`);
    const path = join(folder, `${size}.db`);
    const tokens = await fillFile(path, size);
    contestants.push(sessionContestant(`SQLite, ${sessions}`, await openFile(path), tokens));
    if (size < SIZES[1]) continue;
    const cached = await openFile(path, `cache_size = -${CACHE_KIBIBYTES}`);
    contestants.push(sessionContestant(`SQLite, ${sessions}, all in its page cache`, cached, tokens));
  }
  return contestants;
}

async function openFile(path: string, pragma?: string): Promise<SqliteSessionStore> {
  const database = new Database(path);
  if (pragma !== undefined) database.pragma(pragma);
  return SqliteSessionStore.open({ database });
}

/** Fills in memory and copies the pages: a million logins that are each flushed to the disk would take an hour. */
async function fillFile(path: string, size: number): Promise<readonly string[]> {
  const database = new Database(":memory:");
  const tokens = await fill(await SqliteSessionStore.open({ database }), size);
  await database.backup(path);
  database.close();
  return tokens;
}

function print(measurements: readonly Measurement[]): void {
  const baseline = measurements.find(({ name }) => name === BASELINE)?.nanosecondsPerOperation ?? Number.NaN;
  printTable(
    ["authenticate()", "µs", "per second", `× ${BASELINE}`],
    measurements.map(({ name, nanosecondsPerOperation: nanoseconds }) => [
      name,
      (nanoseconds / 1_000).toFixed(2),
      Math.round(1e9 / nanoseconds).toLocaleString("en"),
      (nanoseconds / baseline).toFixed(2),
    ]),
  );
}
