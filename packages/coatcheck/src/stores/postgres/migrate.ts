import { CoatcheckError } from "../../errors.ts";
import type { RunStatement } from "./connections.ts";
import { POSTGRES_SESSION_MIGRATIONS } from "./migrations.ts";
import { complaintAboutPostgresTables, isPostgresTable } from "./schema-check.ts";
import type { SchemaNames } from "./schema-names.ts";

const NEWEST = POSTGRES_SESSION_MIGRATIONS.at(-1)?.version ?? 0;
/**
 * If several processes start at once, the first does the work, and the others wait. The number is arbitrary, but used
 * only here.
 */
const LOCK = 4_812_667_301;
const VERSIONS = "coatcheck_schema";
const PARTITIONED = "/*partitioned*/";
/** All tables except that of versions, which the file creates only if it does not exist. */
const CREATED_TABLE = /^CREATE TABLE (\w+) \(/gm;

/**
 * Migrates the tables to this version, inside the caller's transaction. With `partitions`, new tables are divided by
 * user into that many partitions; existing tables stay as they are. If there is nothing left to do, a role needs only
 * the right to read.
 *
 * @throws CoatcheckError `store_schema_unsupported`
 */
export async function applyPostgresMigrations(
  run: RunStatement,
  names: SchemaNames,
  partitions: number,
): Promise<void> {
  await run("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  const { version, isWritten } = await presentVersion(run, names);
  if (version > NEWEST) throw newerThanThis(version);
  if (version === NEWEST) {
    if (!isWritten && (await mayCreateTables(run, names))) await writeVersion(run, NEWEST);
    return;
  }
  await createSchema(run, names);
  for (const migration of POSTGRES_SESSION_MIGRATIONS.filter((each) => each.version > version)) {
    await run(migration.sql.replaceAll(PARTITIONED, partitions === 1 ? "" : "PARTITION BY HASH (user_key)"), []);
    const created = partitions === 1 ? [] : [...migration.sql.matchAll(CREATED_TABLE)];
    for (const [, table = ""] of created) await createPartitions(run, table, partitions);
  }
}

/** @throws CoatcheckError `store_schema_unsupported` unless the tables are of this version */
export async function requireCurrentSchema(run: RunStatement, names: SchemaNames): Promise<void> {
  const { version } = await presentVersion(run, names);
  if (version === NEWEST) return;
  if (version > NEWEST) throw newerThanThis(version);
  throw new CoatcheckError(
    "store_schema_unsupported",
    "The session tables are not there, or older than this version: run migratePostgresSessions, apply the files in " +
      "coatcheck/migrations/postgres, or, for the gateway, run coatcheck migrate.",
  );
}

/**
 * The version of the tables, 0 if there are none. If no version is recorded, another tool has made the tables, and
 * their columns are compared instead.
 */
async function presentVersion(
  run: RunStatement,
  names: SchemaNames,
): Promise<{ readonly version: number; readonly isWritten: boolean }> {
  if (await isPostgresTable(run, names.in(VERSIONS))) {
    const { rows } = await run("SELECT max(version) FROM coatcheck_schema", []);
    const version = Number(rows[0]?.[0] ?? 0);
    if (version > 0) return { version, isWritten: true };
  }
  const complaint = await complaintAboutPostgresTables(run, (name) => names.in(name));
  if (complaint === null) return { version: 0, isWritten: false };
  if (complaint === "") return { version: NEWEST, isWritten: false };
  throw new CoatcheckError(
    "store_schema_unsupported",
    `The session tables are not those of this version of coatcheck: ${complaint}.`,
  );
}

async function mayCreateTables(run: RunStatement, { schema }: SchemaNames): Promise<boolean> {
  const { rows } = await run("SELECT has_schema_privilege(coalesce($1, current_schema()), 'CREATE')", [schema]);
  return rows[0]?.[0] === true;
}

async function writeVersion(run: RunStatement, version: number): Promise<void> {
  await run("CREATE TABLE IF NOT EXISTS coatcheck_schema (version integer NOT NULL)", []);
  await run("INSERT INTO coatcheck_schema (version) VALUES ($1)", [version]);
}

/** Asks first, because CREATE SCHEMA IF NOT EXISTS needs the right to create one even if it exists. */
async function createSchema(run: RunStatement, { schema }: SchemaNames): Promise<void> {
  if (schema === null) return;
  const { rows } = await run("SELECT to_regnamespace($1) IS NOT NULL", [schema]);
  if (rows[0]?.[0] !== true) await run(`CREATE SCHEMA "${schema}"`, []);
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

function newerThanThis(version: number): CoatcheckError {
  return new CoatcheckError(
    "store_schema_unsupported",
    `The session tables are of version ${version}, which is newer than this version of coatcheck knows.`,
  );
}
