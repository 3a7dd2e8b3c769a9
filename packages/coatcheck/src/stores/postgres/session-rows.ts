import type { HeldSession } from "../../core/insert-decision.ts";
import type {
  CurrentSecret,
  EndReason,
  RemovedSession,
  SessionChange,
  SessionRecord,
} from "../../core/session-record.ts";
import type { PostgresResult } from "./postgres-client.ts";

const COLUMNS = [
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

/** Read as double precision, which holds every time exactly and arrives as a number: bigint would arrive as text. */
const TIMES: ReadonlySet<string> = new Set([
  "created_at",
  "last_seen_at",
  "idle_deadline",
  "absolute_deadline",
  "current_issued_at",
  "current_authenticated_at",
]);

export const SELECTED_COLUMNS: string = selected(COLUMNS);

/** The columns of a session that a login needs, and the version, by which it locks the sessions that it removes. */
export const SELECTED_HELD_COLUMNS: string = selected(COLUMNS.slice(0, 8));

export const INSERT = `INSERT INTO coatcheck_sessions (${COLUMNS.join(", ")})
  VALUES (${COLUMNS.map((_column, index) => `$${index + 1}`).join(", ")})`;

function selected(columns: readonly string[]): string {
  return columns.map((column) => (TIMES.has(column) ? `${column}::float8` : column)).join(", ");
}

export function postgresRowOf(record: SessionRecord): unknown[] {
  return [
    record.userKey,
    record.sessionId,
    record.userId,
    record.createdAt,
    record.lastSeenAt,
    record.idleDeadline,
    record.absoluteDeadline,
    record.version,
    record.remembered,
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

type SessionRow = readonly [
  userKey: string,
  sessionId: string,
  userId: string,
  createdAt: number,
  lastSeenAt: number,
  idleDeadline: number,
  absoluteDeadline: number,
  version: number,
  remembered: boolean,
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

export function recordOfPostgresRow(columns: readonly unknown[]): SessionRecord {
  const row = columns as unknown as SessionRow;
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
    remembered: row[8],
    lineageDigest: row[9],
    csrfKey: row[10],
    current,
    pending: row[14] === null ? null : JSON.parse(row[14]),
    grace: row[15] === null ? [] : JSON.parse(row[15]),
    methods: JSON.parse(row[16]),
    device: JSON.parse(row[17]),
    data: JSON.parse(row[18]),
  };
}

/** A session as a login sees it. */
export type HeldRecord = HeldSession & Pick<SessionRecord, "version">;

export function heldRecordOfPostgresRow(columns: readonly unknown[]): HeldRecord {
  const row = columns as unknown as SessionRow;
  const [userKey, sessionId, userId, createdAt, lastSeenAt, idleDeadline, absoluteDeadline, version] = row;
  return { userKey, sessionId, userId, createdAt, lastSeenAt, idleDeadline, absoluteDeadline, version };
}

/** The sessions that a statement of removal reports as removed. */
export function removedBy({ rows }: PostgresResult, reason: EndReason): readonly RemovedSession[] {
  return (rows as [string, string, string][]).map(([userKey, sessionId, userId]) => ({
    userKey,
    sessionId,
    userId,
    reason,
  }));
}

/** A column that a change writes, with its SQL: `?` stands for its value. */
interface Assignment {
  readonly sql: string;
  readonly value: unknown;
}

/** The columns that an update writes. Deadlines only move forward. */
export function assignmentsOf(change: SessionChange): readonly Assignment[] {
  const { current, pending, grace, lastSeenAt, idleDeadline, absoluteDeadline, methods, data } = change;
  const assignments: Assignment[] = [];
  const assign = (sql: string, value: unknown) => assignments.push({ sql, value });
  if (current !== undefined) {
    assign("current_digest = ?", current.digest);
    assign("current_issued_at = ?", current.issuedAt);
    assign("current_authenticated_at = ?", current.authenticatedAt);
  }
  if (pending !== undefined) assign("pending = ?", pending === null ? null : JSON.stringify(pending));
  if (grace !== undefined) assign("grace = ?", grace.length === 0 ? null : JSON.stringify(grace));
  if (lastSeenAt !== undefined) assign("last_seen_at = ?", lastSeenAt);
  if (idleDeadline !== undefined) assign("idle_deadline = greatest(idle_deadline, ?)", idleDeadline);
  if (absoluteDeadline !== undefined) assign("absolute_deadline = greatest(absolute_deadline, ?)", absoluteDeadline);
  if (methods !== undefined) assign("methods = ?", JSON.stringify(methods));
  if (data !== undefined) assign("data = ?", JSON.stringify(data));
  return assignments;
}
