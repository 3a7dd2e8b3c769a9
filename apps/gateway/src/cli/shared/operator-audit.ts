import { userInfo } from "node:os";
import { systemClock } from "coatcheck";
import type { AuditLog } from "../../audit/audit-log.ts";
import type { SecurityReport } from "../../audit/security-events.ts";
import { toAuditEvent } from "../../audit/to-audit-event.ts";
import { CommandFailure } from "./command.ts";

/** Records what an operator has done, under the operator's user name on this machine. */
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

/** A container may run as a user id without a name. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
