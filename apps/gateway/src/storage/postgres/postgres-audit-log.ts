import type { Timestamp } from "coatcheck";
import type { AuditDetail, AuditEvent } from "../../audit/audit-event.ts";
import type { AuditLog, AuditQuery, WrittenAuditEvent } from "../../audit/audit-log.ts";
import { type AuditRow, eventOf } from "../../audit/audit-row.ts";
import type { AccountPool } from "./account-pool.ts";

interface PostgresAuditRow extends AuditRow {
  readonly detail: AuditDetail;
}

const INSERT = `
  INSERT INTO coatcheck_audit_events (id, occurred_at, event, outcome, actor_id, user_id, session_id, client_address,
    user_agent, request_id, detail)
  SELECT id, "occurredAt", event, outcome, "actorId", "userId", "sessionId", "clientAddress", "userAgent", "requestId",
    detail
  FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS (id text, "occurredAt" bigint, event text, outcome text,
    "actorId" text, "userId" text, "sessionId" text, "clientAddress" text, "userAgent" text, "requestId" text,
    detail jsonb)) WITH ORDINALITY AS given
  ORDER BY ordinality ON CONFLICT (id) DO NOTHING`;

/** PostgresAuditLog keeps audit events in an `AccountPool`. */
export class PostgresAuditLog implements AuditLog {
  readonly #pool: AccountPool;

  constructor(pool: AccountPool) {
    this.#pool = pool;
  }

  async append(events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#pool.write(async (transaction) => {
      // Postgres assigns positions before the commit: without this lock, a lower one could appear after a higher one
      // was read.
      await transaction.query("SELECT pg_advisory_xact_lock(hashtextextended('coatcheck audit events', 0))");
      await transaction.query(INSERT, [JSON.stringify(events)]);
    });
  }

  async newest(query: AuditQuery): Promise<readonly WrittenAuditEvent[]> {
    return [...(await this.#select(query, "DESC"))].reverse();
  }

  after(position: number, query: AuditQuery): Promise<readonly WrittenAuditEvent[]> {
    return this.#select(query, "ASC", position);
  }

  async removeBefore(time: Timestamp, limit: number): Promise<number> {
    const removed = await this.#pool.query(
      // Skips rows that another node is removing, so no node waits.
      `WITH old AS MATERIALIZED (
         SELECT position FROM coatcheck_audit_events WHERE occurred_at < $1 ORDER BY occurred_at LIMIT $2
         FOR UPDATE SKIP LOCKED)
       DELETE FROM coatcheck_audit_events AS event USING old WHERE event.position = old.position RETURNING 1`,
      [time, limit],
    );
    return removed.length;
  }

  async #select(
    { userId, event, limit }: AuditQuery,
    order: "ASC" | "DESC",
    after = 0,
  ): Promise<readonly WrittenAuditEvent[]> {
    const values: (string | number)[] = [after, limit];
    const conditions = ["position > $1"];
    if (userId !== undefined) conditions.push(`$${values.push(userId)} IN (user_id, actor_id)`);
    if (event !== undefined) conditions.push(`event = $${values.push(event)}`);
    const rows = await this.#pool.query<PostgresAuditRow>(
      `SELECT * FROM coatcheck_audit_events WHERE ${conditions.join(" AND ")} ORDER BY position ${order} LIMIT $2`,
      values,
    );
    return rows.map((row) => eventOf(row, row.detail));
  }
}
