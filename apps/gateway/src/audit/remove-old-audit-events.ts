import { setImmediate } from "node:timers/promises";
import type { Timestamp } from "coatcheck";
import type { AuditLog } from "./audit-log.ts";

const DAY_MILLISECONDS = 86_400_000;
/** Small, because SQLite blocks the event loop for the length of a batch. */
const BATCH = 200;

/** Removes the events that have been kept long enough, a batch at a time. */
export async function removeOldAuditEvents(audit: AuditLog, now: Timestamp, retentionDays: number): Promise<void> {
  const end = now - retentionDays * DAY_MILLISECONDS;
  // Lets the event loop turn in between, for the requests that arrived meanwhile.
  while ((await audit.removeBefore(end, BATCH)) >= BATCH) await setImmediate();
}
