import type { HeldSession } from "../../core/insert-decision.ts";
import type { CurrentSecret, SessionRecord } from "../../core/session-record.ts";

/** The columns in the order in which rows are read and written. */
export const COLUMNS = [
  "user_key",
  "session_id",
  "user_id",
  "created_at",
  "last_seen_at",
  "idle_deadline",
  "absolute_deadline",
  "version",
  "remembered",
  "lineage_digest",
  "csrf_key",
  "current_digest",
  "current_issued_at",
  "current_authenticated_at",
  "pending",
  "grace",
  "methods",
  "device",
  "data",
] as const;

export type SessionRow = readonly [
  userKey: string,
  sessionId: string,
  userId: string,
  createdAt: number,
  lastSeenAt: number,
  idleDeadline: number,
  absoluteDeadline: number,
  version: number,
  remembered: number,
  lineageDigest: string,
  csrfKey: string,
  currentDigest: string,
  currentIssuedAt: number,
  currentAuthenticatedAt: number | null,
  pending: string | null,
  grace: string | null,
  methods: string,
  device: string,
  data: string,
];

/** The columns of a session that a login or a removal needs, in this order. */
export const HELD_COLUMNS: readonly string[] = COLUMNS.slice(0, 7);

export type HeldRow = readonly [
  userKey: string,
  sessionId: string,
  userId: string,
  createdAt: number,
  lastSeenAt: number,
  idleDeadline: number,
  absoluteDeadline: number,
];

export function heldSessionOfSqliteRow(row: HeldRow): HeldSession {
  const [userKey, sessionId, userId, createdAt, lastSeenAt, idleDeadline, absoluteDeadline] = row;
  return { userKey, sessionId, userId, createdAt, lastSeenAt, idleDeadline, absoluteDeadline };
}

export function sqliteRowOf(record: SessionRecord): SessionRow {
  return [
    record.userKey,
    record.sessionId,
    record.userId,
    record.createdAt,
    record.lastSeenAt,
    record.idleDeadline,
    record.absoluteDeadline,
    record.version,
    record.remembered ? 1 : 0,
    record.lineageDigest,
    record.csrfKey,
    record.current.digest,
    record.current.issuedAt,
    record.current.authenticatedAt,
    record.pending === null ? null : JSON.stringify(record.pending),
    record.grace.length === 0 ? null : JSON.stringify(record.grace),
    JSON.stringify(record.methods),
    JSON.stringify(record.device),
    JSON.stringify(record.data),
  ];
}

// Nearly every row has these methods, and each request reads one row. Records are immutable, so all can share one
// object.
const PASSWORD_TEXT = '["pwd"]';
const PASSWORD: readonly string[] = Object.freeze(["pwd"]);
const NO_DATA = Object.freeze({});

export function recordOfSqliteRow(row: SessionRow): SessionRecord {
  const current: CurrentSecret = { digest: row[11], issuedAt: row[12], authenticatedAt: row[13] };
  return {
    userKey: row[0],
    sessionId: row[1],
    userId: row[2],
    createdAt: row[3],
    lastSeenAt: row[4],
    idleDeadline: row[5],
    absoluteDeadline: row[6],
    version: row[7],
    remembered: row[8] === 1,
    lineageDigest: row[9],
    csrfKey: row[10],
    current,
    pending: row[14] === null ? null : JSON.parse(row[14]),
    grace: row[15] === null ? [] : JSON.parse(row[15]),
    methods: row[16] === PASSWORD_TEXT ? PASSWORD : JSON.parse(row[16]),
    device: JSON.parse(row[17]),
    data: row[18] === "{}" ? NO_DATA : JSON.parse(row[18]),
  };
}
