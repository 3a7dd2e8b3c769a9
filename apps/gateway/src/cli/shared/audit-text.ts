import type { WrittenAuditEvent } from "../../audit/audit-log.ts";
import { printable } from "./terminal.ts";

/** One line for people: the time, the event, and the facts that are known. */
export function auditLine(event: WrittenAuditEvent): string {
  const {
    occurredAt,
    event: name,
    outcome,
    actorId,
    userId,
    sessionId,
    clientAddress,
    userAgent,
    requestId,
    detail,
  } = event;
  const members = [
    ["user", userId],
    ["actor", actorId === userId ? null : actorId],
    ["session", sessionId],
    ["address", clientAddress],
    ...Object.entries(detail).map(([key, value]) => [key, JSON.stringify(value)] as const),
    ["request", requestId],
    ["agent", userAgent === null ? null : JSON.stringify(userAgent)],
  ] as const;
  const said = members.flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
  const time = new Date(occurredAt).toISOString();
  return printable([time, outcome.padEnd(7), name, ...said].join("  "));
}

/** The event for scripts, with every member present. */
export function auditView({ position, occurredAt, ...event }: WrittenAuditEvent): object {
  return { position, time: new Date(occurredAt).toISOString(), ...event };
}
