import type { Timestamp } from "coatcheck";
import type { AuditDetail, AuditEvent } from "../../audit/audit-event.ts";
import type { AuditLog, AuditQuery, WrittenAuditEvent } from "../../audit/audit-log.ts";
import { type AuditRow, eventOf } from "../../audit/audit-row.ts";
import type { AccountDatabase } from "./account-database.ts";

interface SqliteAuditRow extends AuditRow {
  /** JSON. */
  readonly detail: string;
}

/** SqliteAuditLog keeps audit events in an `AccountDatabase`. */
export class SqliteAuditLog implements AuditLog {
  readonly #database: AccountDatabase;
  readonly #insert;
  readonly #removeBefore;

  constructor(database: AccountDatabase) {
    this.#database = database;
    this.#insert = database.prepare<(string | number | null)[], unknown>(
      `INSERT INTO audit_events (id, occurred_at, event, outcome, actor_id, user_id, session_id, client_address,
         user_agent, request_id, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    );
    this.#removeBefore = database.prepare<[number, number], unknown>(
      `DELETE FROM audit_events WHERE position IN (
         SELECT position FROM audit_events WHERE occurred_at < ? ORDER BY occurred_at LIMIT ?)`,
    );
  }

  async append(events: readonly AuditEvent[]): Promise<void> {
    if (events.length === 0) return;
    // An fsync every second would block the event loop for more than the saved events are worth.
    await this.#database.writeWithoutFlush(() => {
      for (const event of events) this.#insert.run(...valuesOf(event));
    });
  }

  async newest(query: AuditQuery): Promise<readonly WrittenAuditEvent[]> {
    return [...(await this.#select(query, "DESC"))].reverse();
  }

  after(position: number, query: AuditQuery): Promise<readonly WrittenAuditEvent[]> {
    return this.#select(query, "ASC", position);
  }

  removeBefore(time: Timestamp, limit: number): Promise<number> {
    return this.#database.writeWithoutFlush(() => this.#removeBefore.run(time, limit).changes);
  }

  #select(
    { userId, event, limit }: AuditQuery,
    order: "ASC" | "DESC",
    after = 0,
  ): Promise<readonly WrittenAuditEvent[]> {
    const values: (string | number)[] = [after];
    const conditions = ["position > ?"];
    if (userId !== undefined) {
      values.push(userId, userId);
      conditions.push("(user_id = ? OR actor_id = ?)");
    }
    if (event !== undefined) {
      values.push(event);
      conditions.push("event = ?");
    }
    const statement = this.#database.prepare<(string | number)[], SqliteAuditRow>(
      `SELECT * FROM audit_events WHERE ${conditions.join(" AND ")} ORDER BY position ${order} LIMIT ?`,
    );
    return this.#database.read(() =>
      statement.all(...values, limit).map((row) => eventOf(row, JSON.parse(row.detail) as AuditDetail)),
    );
  }
}

function valuesOf(event: AuditEvent): (string | number | null)[] {
  const {
    id,
    occurredAt,
    event: name,
    outcome,
    actorId,
    userId,
    sessionId,
    clientAddress,
    userAgent,
    requestId,
  } = event;
  const detail = JSON.stringify(event.detail);
  return [id, occurredAt, name, outcome, actorId, userId, sessionId, clientAddress, userAgent, requestId, detail];
}
