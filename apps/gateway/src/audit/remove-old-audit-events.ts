import { setImmediate } from "node:timers/promises";
import type { Timestamp } from "coatcheck";
import type { AuditLog } from "./audit-log.ts";

const DAY_MILLISECONDS = 86_400_000;
/** Small, because SQLite holds the event loop for the length of a batch. */
const BATCH = 200;

/** Removes what was kept for long enough, a little at a time, until nothing is left for now. */
export async function removeOldAuditEvents(audit: AuditLog, now: Timestamp, retentionDays: number): Promise<void> {
  const end = now - retentionDays * DAY_MILLISECONDS;
  // A turn of the event loop in between, for the requests that arrived meanwhile.
  while ((await audit.removeBefore(end, BATCH)) >= BATCH) await setImmediate();
}
