import { userInfo } from "node:os";
import { systemClock } from "coatcheck";
import type { AuditLog } from "../../audit/audit-log.ts";
import type { SecurityReport } from "../../audit/security-events.ts";
import { toAuditEvent } from "../../audit/to-audit-event.ts";
import { CommandFailure } from "./command.ts";

/** Writes down what an operator has done, by the name that this machine knows them under. */
export async function recordByOperator(audit: AuditLog, ...reports: readonly SecurityReport[]): Promise<void> {
  const by = { by: "operator", systemUser: systemUser() };
  const events = reports.map((report) =>
    toAuditEvent({ ...report, detail: { ...report.detail, ...by } }, null, systemClock.now()),
  );
  try {
    await audit.append(events);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The change is made, but could not be written to the audit log: ${reason}`);
  }
}

/** A container may run as a number that has no name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
