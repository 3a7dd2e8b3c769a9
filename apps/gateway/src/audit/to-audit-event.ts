import { randomBytes } from "node:crypto";
import type { Timestamp } from "coatcheck";
import type { AuditDetail, AuditEvent } from "./audit-event.ts";
import type { RequestOrigin } from "./request-origin.ts";
import type { SecurityReport } from "./security-events.ts";
import { vocabulary } from "./vocabulary.ts";

const MAXIMUM_TEXT = 256;
const MAXIMUM_LIST = 32;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu;

/** The row of a report: bounded, and always one record, whatever a client has put into it. */
export function toAuditEvent(report: SecurityReport, origin: RequestOrigin | null, now: Timestamp): AuditEvent {
  const { event, userId = null, actorId = null, sessionId = null, detail = {} } = report;
  return {
    id: randomBytes(16).toString("base64url"),
    occurredAt: now,
    event,
    outcome: vocabulary[event].outcome,
    actorId,
    userId,
    sessionId,
    clientAddress: textOrNull(origin?.clientAddress),
    userAgent: textOrNull(origin?.userAgent),
    requestId: textOrNull(origin?.requestId),
    detail: boundedDetail(detail),
  };
}

function textOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : bounded(text);
}

function boundedDetail(detail: AuditDetail): AuditDetail {
  return Object.fromEntries(
    Object.entries(detail).map(([name, value]) => {
      if (typeof value === "string") return [name, bounded(value)];
      return [name, typeof value === "object" ? value.slice(0, MAXIMUM_LIST).map(bounded) : value];
    }),
  );
}

/** Control characters separate records and control terminals, and Postgres takes no NUL. */
function bounded(text: string): string {
  return text.slice(0, MAXIMUM_TEXT).replace(UNPRINTABLE, "\uFFFD");
}
