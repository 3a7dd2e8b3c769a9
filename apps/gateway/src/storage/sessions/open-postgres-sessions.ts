import { CoatcheckError } from "coatcheck";
import type { SessionStore } from "coatcheck/store";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import pg from "pg";
import type { PostgresLocation } from "../../config/locations.ts";
import { GatewayError } from "../../errors.ts";
import { messageOf, type OnConnectionFault, OutageReport } from "../connection-fault.ts";

const MAXIMUM_CONNECTIONS = 20;
const CONNECT_TIMEOUT_MILLISECONDS = 2_000;

/**
 * Opens sessions in Postgres, and creates their tables if they do not exist. For tables that are partitioned by user,
 * run `coatcheck migrate --partitions` first.
 *
 * @throws GatewayError `database_cannot_be_opened`; CoatcheckError `store_schema_unsupported`, `store_permission_denied`
 */
export async function openPostgresSessions(
  location: PostgresLocation,
  listener: PostgresLocation,
  onFault: OnConnectionFault,
): Promise<{ readonly store: SessionStore; close(): Promise<void> }> {
  const pool = poolFor(location);
  const outage = new OutageReport(onFault);
  // The error of an idle connection: the pool has already dropped it.
  pool.on("error", (error) => outage.failed(error));
  pool.on("connect", () => outage.recovered());
  try {
    await migratePostgresSessions(pool);
    const store = await PostgresSessionStore.open({ pool, connectListener: () => connectListener(listener) });
    return {
      store,
      async close() {
        store.close();
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw openingFault(location, error);
  }
}

/** @throws GatewayError `database_cannot_be_opened`; CoatcheckError `store_schema_unsupported`, `store_permission_denied` */
export async function migratePostgresSessionTables(location: PostgresLocation, partitions: number): Promise<void> {
  const pool = poolFor(location);
  try {
    await migratePostgresSessions(pool, { partitions });
  } catch (error) {
    throw openingFault(location, error);
  } finally {
    await pool.end();
  }
}

function poolFor({ url }: PostgresLocation): pg.Pool {
  return new pg.Pool({
    connectionString: url.reveal(),
    max: MAXIMUM_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
    keepAlive: true,
  });
}

async function connectListener({ url }: PostgresLocation): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url.reveal(),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS,
    keepAlive: true,
  });
  await client.connect();
  return client;
}

function openingFault({ place }: PostgresLocation, error: unknown): unknown {
  if (!(error instanceof CoatcheckError) || error.code !== "store_unavailable") return error;
  const { cause } = error;
  return new GatewayError("database_cannot_be_opened", `${place} cannot be opened: ${messageOf(cause)}.`, { cause });
}
