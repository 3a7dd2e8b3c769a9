import { CoatcheckError } from "../../errors.ts";
import type { RunStatement } from "./connections.ts";
import { MIGRATIONS } from "./migrations.ts";

const NEWEST = MIGRATIONS.at(-1)?.version ?? 0;
/** Of several processes that start at once the first does the work, and the others wait: any number that is ours. */
const LOCK = 4_812_667_301;
const PARTITIONED = "/*partitioned*/";
const CREATED_TABLE = /^CREATE TABLE (\w+)/gm;

/**
 * Brings the tables to this version, inside a transaction of the caller's. With `partitions`, tables that are made now
 * are divided into so many by user; tables that are there stay as they are.
 *
 * @throws CoatcheckError `store_schema_unsupported`
 */
export async function migrate(run: RunStatement, partitions: number): Promise<void> {
  await run("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  await run("CREATE TABLE IF NOT EXISTS coatcheck_schema (version integer NOT NULL)", []);
  const current = await versionOf(run);
  if (current > NEWEST) throw unsupported(current);
  for (const { version, sql } of MIGRATIONS.filter((migration) => migration.version > current)) {
    await run(sql.replaceAll(PARTITIONED, partitions === 1 ? "" : "PARTITION BY HASH (user_key)"), []);
    const tables = partitions === 1 ? [] : [...sql.matchAll(CREATED_TABLE)].map(([, name]) => name);
    for (const table of tables) await createPartitions(run, table ?? "", partitions);
    await run("INSERT INTO coatcheck_schema (version) VALUES ($1)", [version]);
  }
}

/** @throws CoatcheckError `store_schema_unsupported` unless the tables are of this version */
export async function requireCurrentSchema(run: RunStatement): Promise<void> {
  const current = await versionOf(run).catch((error: unknown) => {
    if (isUndefinedTable(error)) return 0;
    throw error;
  });
  if (current === NEWEST) return;
  if (current > NEWEST) throw unsupported(current);
  throw new CoatcheckError(
    "store_schema_unsupported",
    "The session tables are not there, or older than this version: run migratePostgresSessions, or coatcheck migrate.",
  );
}

async function versionOf(run: RunStatement): Promise<number> {
  const { rows } = await run("SELECT max(version) FROM coatcheck_schema", []);
  return Number(rows[0]?.[0] ?? 0);
}

async function createPartitions(run: RunStatement, table: string, partitions: number): Promise<void> {
  for (let remainder = 0; remainder < partitions; remainder += 1) {
    await run(
      `CREATE TABLE ${table}_${remainder} PARTITION OF ${table}
       FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${remainder})`,
      [],
    );
  }
}

function unsupported(current: number): CoatcheckError {
  return new CoatcheckError(
    "store_schema_unsupported",
    `The session tables are of version ${current}, which is newer than this version of coatcheck knows.`,
  );
}

function isUndefinedTable(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "42P01";
}
