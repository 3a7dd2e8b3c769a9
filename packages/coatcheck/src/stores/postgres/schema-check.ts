import type { RunStatement } from "./connections.ts";

/** The columns that the statements of this version need in a table. `?` after a type: null may be written there. */
interface ExpectedTable {
  readonly name: string;
  readonly primaryKey: readonly string[];
  readonly columns: Readonly<Record<string, "text" | "text?" | "bigint" | "bigint?" | "integer" | "boolean">>;
}

const EXPECTED: readonly ExpectedTable[] = [
  {
    name: "coatcheck_sessions",
    primaryKey: ["user_key", "session_id"],
    columns: {
      user_key: "text",
      session_id: "text",
      user_id: "text",
      created_at: "bigint",
      last_seen_at: "bigint",
      idle_deadline: "bigint",
      absolute_deadline: "bigint",
      version: "integer",
      remembered: "boolean",
      lineage_digest: "text",
      csrf_key: "text",
      current_digest: "text",
      current_issued_at: "bigint",
      current_authenticated_at: "bigint?",
      pending: "text?",
      grace: "text?",
      methods: "text",
      device: "text",
      data: "text",
    },
  },
  {
    name: "coatcheck_fences",
    primaryKey: ["user_key"],
    columns: { user_key: "text", value: "text?", valid_until: "bigint" },
  },
  {
    name: "coatcheck_tombstones",
    primaryKey: ["user_key", "session_id"],
    columns: { user_key: "text", session_id: "text", buried_until: "bigint" },
  },
];

/** $1 the name of a table. The place in the primary key is null for other columns. */
const COLUMNS_OF = `SELECT attname::text, format_type(atttypid, NULL), attnotnull,
    atthasdef OR attidentity <> '' OR attgenerated <> '', array_position(indkey::int2[], attnum)
  FROM pg_attribute LEFT JOIN pg_index ON indrelid = attrelid AND indisprimary
  WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`;

type Column = readonly [name: string, type: string, isNotNull: boolean, hasDefault: boolean, keyPlace: number | null];

/** Whether there is a table of that name that this role can see. */
export async function isPostgresTable(run: RunStatement, name: string): Promise<boolean> {
  return (await run("SELECT to_regclass($1) IS NOT NULL", [name])).rows[0]?.[0] === true;
}

/**
 * The differences of the present tables from those of this version, in words; "" if there are none, and null without
 * tables. Compares columns, types and primary keys: a missing index only makes queries slow.
 */
export async function complaintAboutPostgresTables(
  run: RunStatement,
  inSchema: (name: string) => string,
): Promise<string | null> {
  const missing: string[] = [];
  const complaints: string[] = [];
  for (const table of EXPECTED) {
    const { rows } = await run(COLUMNS_OF, [inSchema(table.name)]);
    if (rows.length === 0) missing.push(`there is no table ${table.name}`);
    else complaints.push(...complaintsAbout(table, rows as unknown as readonly Column[]));
  }
  return missing.length === EXPECTED.length ? null : [...missing, ...complaints].join(", ");
}

function complaintsAbout(table: ExpectedTable, columns: readonly Column[]): readonly string[] {
  const byName = new Map(columns.map((column) => [column[0], column]));
  const wrong = Object.entries(table.columns).flatMap(([name, expected]) => {
    const column = byName.get(name);
    if (column === undefined) return [`${table.name} has no column ${name}`];
    const type = expected.replace("?", "");
    if (column[1] !== type) return [`${table.name}.${name} must be ${type}`];
    return expected.endsWith("?") && column[2] ? [`${table.name}.${name} must allow null`] : [];
  });
  const needy = columns.filter(([name, , isNotNull, hasDefault]) => {
    return isNotNull && !hasDefault && !Object.hasOwn(table.columns, name);
  });
  const key = columns.filter((column) => column[4] !== null).sort((one, other) => Number(one[4]) - Number(other[4]));
  const isKeyRight = key.map(([name]) => name).join() === table.primaryKey.join();
  return [
    ...wrong,
    ...needy.map(([name]) => `${table.name}.${name} needs a default`),
    ...(isKeyRight ? [] : [`${table.name} must have the primary key (${table.primaryKey.join(", ")})`]),
  ];
}
