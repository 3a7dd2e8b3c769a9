import { EXPIRY_MARGIN_SECONDS, FENCE_LIFETIME_SECONDS } from "../../core/session-store.ts";
import { SELECTED_COLUMNS, SELECTED_HELD_COLUMNS } from "./session-rows.ts";

export const REMOVALS_CHANNEL = "coatcheck_removals";

/** The number of fences and tombstones that one statement removes: few enough to stay well within its deadline. */
export const SWEPT_AT_A_TIME = 5_000;

/**
 * The database's clock in milliseconds, or that of a test. Read again by each statement, after it has waited for a
 * lock.
 */
function now(parameter: number): string {
  return `coalesce($${parameter}::float8, floor(extract(epoch FROM clock_timestamp()) * 1000)::float8)`;
}

/**
 * The time at the statement's beginning, in the columns' type, so that an index can look it up. A time that is read
 * again for each row would be compared with every row, however few are due.
 */
function startTime(parameter: number): string {
  return `(SELECT ${now(parameter)}::bigint)`;
}

/**
 * Follows `gone`, the sessions that a statement deletes: writes tombstones for the young ones, notifies of each, and
 * returns the removed sessions as rows. One statement, so that no part is ever done without the others.
 */
function buryAndTell(reasonParameter: number, nowParameter: number): string {
  return `buried AS (
      INSERT INTO coatcheck_tombstones (user_key, session_id, buried_until)
      SELECT user_key, session_id, ${now(nowParameter)} + ${FENCE_LIFETIME_SECONDS * 1_000} FROM gone
      WHERE ${now(nowParameter)} - created_at < ${FENCE_LIFETIME_SECONDS * 1_000}
      ON CONFLICT (user_key, session_id) DO UPDATE SET buried_until = excluded.buried_until
    )
    SELECT user_key, session_id, user_id, pg_notify('${REMOVALS_CHANNEL}',
      json_build_array(user_key, session_id, $${reasonParameter}::text, user_id)::text) FROM gone`;
}

export const FIND = `SELECT ${SELECTED_COLUMNS} FROM coatcheck_sessions WHERE user_key = $1 AND session_id = $2`;

/** In the order in which sessions make room. */
export const LIST_BY_USER = `SELECT ${SELECTED_COLUMNS} FROM coatcheck_sessions WHERE user_key = $1
  ORDER BY last_seen_at, created_at, session_id`;

/**
 * $1 user key. Without secrets, devices and data, which no login reads, and without an order, because a login sorts by
 * itself.
 */
export const LIST_HELD = `SELECT ${SELECTED_HELD_COLUMNS} FROM coatcheck_sessions WHERE user_key = $1`;

/** $1 user key, $2 time of a test. */
export const READ_FENCE = `SELECT time.now,
    (SELECT value FROM coatcheck_fences WHERE user_key = $1 AND valid_until > time.now)
  FROM (SELECT ${now(2)} AS now) AS time`;

/**
 * $1 user key, $2 time of a test. Creates the row to lock if there is none, with a lifetime, so that a sweep does not
 * remove it at once.
 */
export const CREATE_FENCE_ROW = `INSERT INTO coatcheck_fences (user_key, value, valid_until)
  VALUES ($1, NULL, ${now(2)} + ${FENCE_LIFETIME_SECONDS * 1_000}) ON CONFLICT (user_key) DO NOTHING`;

/** A statement of its own: one that also read sessions would see them as they were before it waited for the lock. */
export const LOCK_FENCE_ROW = "SELECT 1 FROM coatcheck_fences WHERE user_key = $1 FOR UPDATE";

/**
 * $1 user key, $2 session id, $3 time of a test: the facts that the checks of an insert need besides the list. Read
 * after the list: a session that is deleted between the two is then still listed, or already has its tombstone.
 */
export const READ_CHECKS = `SELECT time.now,
    (SELECT value FROM coatcheck_fences WHERE user_key = $1 AND valid_until > time.now),
    EXISTS (SELECT FROM coatcheck_tombstones WHERE user_key = $1 AND session_id = $2 AND buried_until > time.now)
  FROM (SELECT ${now(3)} AS now) AS time`;

/** $1 user key, $2 the new value, $3 time of a test. */
export const RAISE_FENCE = `UPDATE coatcheck_fences
  SET value = $2, valid_until = ${now(3)} + ${FENCE_LIFETIME_SECONDS * 1_000} WHERE user_key = $1`;

/**
 * $1 user key, $2 session ids, $3 the version of each: the sessions that have not changed since they were read. They
 * cannot change for the rest of the transaction.
 */
export const HOLD = `SELECT 1 FROM coatcheck_sessions WHERE user_key = $1
  AND (session_id, version) IN (SELECT * FROM unnest($2::text[], $3::integer[])) FOR UPDATE`;

/** $1 user key, $2 session ids, $3 reason, $4 time of a test. */
export const REMOVE = `WITH gone AS (
    DELETE FROM coatcheck_sessions WHERE user_key = $1 AND session_id = ANY ($2::text[])
    RETURNING user_key, session_id, user_id, created_at
  ), ${buryAndTell(3, 4)}`;

/** $1 user key, $2 session id to spare or null, $3 reason, $4 time of a test. */
export const REMOVE_ALL = `WITH gone AS (
    DELETE FROM coatcheck_sessions WHERE user_key = $1 AND session_id IS DISTINCT FROM $2::text
    RETURNING user_key, session_id, user_id, created_at
  ), ${buryAndTell(3, 4)}`;

/**
 * $1 the maximum number, $2 reason, $3 time of a test. Skips rows that a request has locked at this moment, until the
 * next time.
 */
export const REMOVE_EXPIRED = `WITH due AS (
    SELECT user_key, session_id FROM coatcheck_sessions
    WHERE least(idle_deadline, absolute_deadline) <= ${startTime(3)} - ${EXPIRY_MARGIN_SECONDS * 1_000}
    ORDER BY least(idle_deadline, absolute_deadline) LIMIT $1 FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM coatcheck_sessions USING due
    WHERE coatcheck_sessions.user_key = due.user_key AND coatcheck_sessions.session_id = due.session_id
    RETURNING coatcheck_sessions.user_key, coatcheck_sessions.session_id, user_id, created_at
  ), ${buryAndTell(2, 3)}`;

/** $1 time of a test. */
export const REMOVE_OLD_FENCES = `DELETE FROM coatcheck_fences WHERE user_key IN (
    SELECT user_key FROM coatcheck_fences WHERE valid_until <= ${startTime(1)}
    ORDER BY valid_until LIMIT ${SWEPT_AT_A_TIME} FOR UPDATE SKIP LOCKED)`;

/** $1 time of a test. */
export const REMOVE_OLD_TOMBSTONES = `DELETE FROM coatcheck_tombstones WHERE (user_key, session_id) IN (
    SELECT user_key, session_id FROM coatcheck_tombstones WHERE buried_until <= ${startTime(1)}
    ORDER BY buried_until LIMIT ${SWEPT_AT_A_TIME} FOR UPDATE SKIP LOCKED)`;

/** $1 user key, $2 session id, $3 expected version, $4 time of a test, then the values to write. */
export function updateStatement(assignments: readonly { readonly sql: string }[]): string {
  const written = assignments.map(({ sql }, index) => sql.replace("?", `$${index + 5}`));
  return `UPDATE coatcheck_sessions SET ${[...written, "version = version + 1"].join(", ")}
    WHERE user_key = $1 AND session_id = $2 AND version = $3 AND ${now(4)} < least(idle_deadline, absolute_deadline)`;
}
