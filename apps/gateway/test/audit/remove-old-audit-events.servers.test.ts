import { expect, test } from "vitest";
import type { AuditEvent } from "../../src/audit/audit-event.ts";
import { removeOldAuditEvents } from "../../src/audit/remove-old-audit-events.ts";
import { toAuditEvent } from "../../src/audit/to-audit-event.ts";
import { describeOnEveryDatabase } from "../storage/support/every-database.ts";

const NOW = Date.UTC(2026, 6, 1);
const DAY = 86_400_000;

function daysOld(days: number): AuditEvent {
  return toAuditEvent({ event: "session_logout", userId: String(days) }, null, NOW - days * DAY);
}

describeOnEveryDatabase((database) => {
  test("what is older than it is to be kept is removed, however much it is, and nothing else", async () => {
    const { audit } = await database.open();
    const old = Array.from({ length: 450 }, () => daysOld(91));
    await audit.append([...old, daysOld(90), daysOld(1), daysOld(0)]);
    await removeOldAuditEvents(audit, NOW, 90);
    const kept = await audit.newest({ limit: 1_000 });
    expect(kept.map(({ userId }) => userId)).toEqual(["90", "1", "0"]);
  });
});
