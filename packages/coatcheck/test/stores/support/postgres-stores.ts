import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import type { CreateStore } from "coatcheck/testing";
import { Client, Pool } from "pg";

export interface PostgresUrls {
  /** Where statements go. */
  readonly pool: string;
  /** Where listeners connect: Postgres itself. */
  readonly listener: string;
}

/** The contract is about what a store answers. A slow machine must not decide it. */
const PATIENT_DEADLINE_MILLISECONDS = 20_000;

/** A database with the tables, and what it takes to open stores on it. */
export class PostgresDatabase {
  readonly urls: PostgresUrls;
  readonly pools: readonly [Pool, Pool];

  private constructor(urls: PostgresUrls) {
    this.urls = urls;
    this.pools = [poolOn(urls.pool), poolOn(urls.pool)];
  }

  static async create(urls: PostgresUrls, partitions = 1): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(urls);
    await migratePostgresSessions(database.pools[0], { partitions });
    return database;
  }

  /** Two stores on the emptied tables, each with a pool of its own, as two processes would have them. */
  stores(clock: "given" | "own"): CreateStore {
    return async (testClock) => {
      await this.pools[0].query("TRUNCATE coatcheck_sessions, coatcheck_fences, coatcheck_tombstones");
      const [store, peer] = await Promise.all(
        this.pools.map((pool) =>
          PostgresSessionStore.open({
            pool,
            connectListener: () => connectTo(this.urls.listener),
            deadlineMilliseconds: PATIENT_DEADLINE_MILLISECONDS,
            ...(clock === "given" ? { testClock } : {}),
          }),
        ),
      );
      if (store === undefined || peer === undefined) throw new Error("Two pools make two stores.");
      return {
        store,
        peer,
        async close() {
          for (const opened of [store, peer]) opened.close();
        },
      };
    };
  }

  async end(): Promise<void> {
    for (const pool of this.pools) await pool.end();
  }
}

/** A connection that survives what a test does to its server. */
export async function connectTo(url: string): Promise<Client> {
  const client = new Client(url);
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** A pool that survives what a test does to its server. */
export function poolOn(url: string): Pool {
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: 5_000 });
  pool.on("error", () => {});
  return pool;
}
