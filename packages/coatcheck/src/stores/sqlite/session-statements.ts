import type { SqliteDatabase, SqliteStatement } from "./database.ts";
import { COLUMNS, HELD_COLUMNS } from "./session-rows.ts";

export type SessionStatements = Readonly<Record<keyof typeof sql, SqliteStatement>>;

const columns = COLUMNS.join(", ");
const heldColumns = HELD_COLUMNS.join(", ");
const placeholders = COLUMNS.map(() => "?").join(", ");
// The key is not written, because writing it, even unchanged, would rewrite its index with every touch.
const [, , ...CHANGING_COLUMNS] = COLUMNS;
const changing = CHANGING_COLUMNS.map((column) => `${column} = ?`).join(", ");

/**
 * The number of fences and tombstones that one transaction removes: more than a minute leaves behind, and few enough
 * not to delay others.
 */
const SWEPT_AT_A_TIME = 5_000;

const sql = {
  find: `SELECT ${columns} FROM coatcheck_sessions WHERE user_key = ? AND session_id = ?`,
  listByUser: `SELECT ${columns} FROM coatcheck_sessions WHERE user_key = ?
    ORDER BY last_seen_at, created_at, session_id`,
  // Without secrets, devices and data, which no login or removal reads, and without an order, which both make
  // themselves.
  listHeld: `SELECT ${heldColumns} FROM coatcheck_sessions WHERE user_key = ?`,
  listExpired: `SELECT ${heldColumns} FROM coatcheck_sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
  // The store has checked that there is no such session: an insert overwrites nothing.
  insert: `INSERT INTO coatcheck_sessions (${columns}) VALUES (${placeholders})`,
  // The store has checked that there is such a session: an update creates nothing.
  replace: `UPDATE coatcheck_sessions SET ${changing} WHERE user_key = ? AND session_id = ?`,
  delete: "DELETE FROM coatcheck_sessions WHERE user_key = ? AND session_id = ?",
  findFence: "SELECT value FROM coatcheck_fences WHERE user_key = ? AND valid_until > ?",
  raiseFence: `INSERT INTO coatcheck_fences (user_key, value, valid_until) VALUES (?, ?, ?)
    ON CONFLICT (user_key) DO UPDATE SET value = excluded.value, valid_until = excluded.valid_until`,
  removeOldFences: `DELETE FROM coatcheck_fences WHERE user_key IN
    (SELECT user_key FROM coatcheck_fences WHERE valid_until <= ? LIMIT ${SWEPT_AT_A_TIME})`,
  findTombstone: `SELECT 1 FROM coatcheck_tombstones
    WHERE user_key = ? AND session_id = ? AND buried_until > ?`,
  bury: `INSERT INTO coatcheck_tombstones (user_key, session_id, buried_until) VALUES (?, ?, ?)
    ON CONFLICT (user_key, session_id) DO UPDATE SET buried_until = excluded.buried_until`,
  removeOldTombstones: `DELETE FROM coatcheck_tombstones WHERE (user_key, session_id) IN
    (SELECT user_key, session_id FROM coatcheck_tombstones WHERE buried_until <= ? LIMIT ${SWEPT_AT_A_TIME})`,
} as const;

const ROWS_AS_ARRAYS: ReadonlySet<string> = new Set(["find", "listByUser", "listHeld", "listExpired"]);
const SINGLE_VALUES: ReadonlySet<string> = new Set(["findFence", "findTombstone"]);

export function sessionStatements(database: SqliteDatabase): SessionStatements {
  const prepared = Object.entries(sql).map(([name, text]) => {
    const statement = database.prepare(text);
    if (ROWS_AS_ARRAYS.has(name)) return [name, statement.raw()];
    return [name, SINGLE_VALUES.has(name) ? statement.pluck() : statement];
  });
  return Object.fromEntries(prepared) as SessionStatements;
}
