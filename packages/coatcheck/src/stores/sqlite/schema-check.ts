import type { SqliteDatabase } from "./database.ts";

/** The columns that the statements of this version need in a table. */
interface ExpectedTable {
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly texts: readonly string[];
  readonly integers: readonly string[];
}

const EXPECTED: readonly ExpectedTable[] = [
  {
    name: "coatcheck_sessions",
    primaryKey: ["user_key", "session_id"],
    texts: [
      "user_key",
      "session_id",
      "user_id",
      "lineage_digest",
      "csrf_key",
      "current_digest",
      "pending",
      "grace",
      "methods",
      "device",
      "data",
    ],
    integers: [
      "created_at",
      "last_seen_at",
      "idle_deadline",
      "absolute_deadline",
      "version",
      "remembered",
      "current_issued_at",
      "current_authenticated_at",
      "expires_at",
    ],
  },
  { name: "coatcheck_fences", primaryKey: ["user_key"], texts: ["user_key", "value"], integers: ["valid_until"] },
  {
    name: "coatcheck_tombstones",
    primaryKey: ["user_key", "session_id"],
    texts: ["user_key", "session_id"],
    integers: ["buried_until"],
  },
  {
    name: "coatcheck_removals",
    primaryKey: ["id"],
    texts: ["user_key", "session_id", "user_id", "reason"],
    integers: ["id", "removed_at"],
  },
];

/** Columns in which null may be written. */
const NULLABLE = ["pending", "grace", "current_authenticated_at"];

type Column = readonly [
  name: string,
  type: string,
  isNotNull: 0 | 1,
  standard: string | null,
  place: number,
  hidden: number,
];

export function isSqliteTable(database: SqliteDatabase, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;
}

/**
 * The differences of the present tables from those of this version, in words; "" if there are none, and null without
 * tables. Compares columns, types and primary keys: a missing index only makes queries slow.
 */
export function complaintAboutSqliteTables(database: SqliteDatabase): string | null {
  const columnsOf = database.prepare(
    `SELECT name, upper(type), "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)`,
  );
  const missing: string[] = [];
  const complaints: string[] = [];
  for (const table of EXPECTED) {
    if (isSqliteTable(database, table.name)) {
      complaints.push(...complaintsAbout(table, columnsOf.raw().all(table.name) as readonly Column[]));
    } else missing.push(`there is no table ${table.name}`);
  }
  return missing.length === EXPECTED.length ? null : [...missing, ...complaints].join(", ");
}

function complaintsAbout(table: ExpectedTable, columns: readonly Column[]): readonly string[] {
  const byName = new Map(columns.map((column) => [column[0], column]));
  const expected = [
    ...table.texts.map((name) => ({ name, type: "TEXT" })),
    ...table.integers.map((name) => ({ name, type: "INTEGER" })),
  ];
  const wrong = expected.flatMap(({ name, type }) => {
    const column = byName.get(name);
    if (column === undefined) return [`${table.name} has no column ${name}`];
    if (column[1] !== type) return [`${table.name}.${name} must be ${type}`];
    if (name === "expires_at" && column[5] === 0) return [`${table.name}.${name} must be generated`];
    return NULLABLE.includes(name) && column[2] === 1 ? [`${table.name}.${name} must allow null`] : [];
  });
  const needy = columns.filter(([name, , isNotNull, standard, , hidden]) => {
    return isNotNull === 1 && standard === null && hidden === 0 && !expected.some((each) => each.name === name);
  });
  const key = columns.filter((column) => column[4] > 0).sort((one, other) => one[4] - other[4]);
  const isKeyRight = key.map(([name]) => name).join() === table.primaryKey.join();
  return [
    ...wrong,
    ...needy.map(([name]) => `${table.name}.${name} needs a default`),
    ...(isKeyRight ? [] : [`${table.name} must have the primary key (${table.primaryKey.join(", ")})`]),
  ];
}
