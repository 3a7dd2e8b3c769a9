import type { Timestamp } from "../../core/clock.ts";
import type { SessionChange } from "../../core/session-record.ts";
import { digestNamed } from "../session-record-fixture.ts";
import type { StoreCommand } from "./store-command.ts";

const HOUR = 3_600_000;

/** The changes that the updates of a story make. */
export function changeNamed(change: Extract<StoreCommand, { do: "update" }>["change"], now: Timestamp): SessionChange {
  const secret = { digest: digestNamed(`secret of ${now}`), issuedAt: now, authenticatedAt: null };
  switch (change) {
    case "touch":
      return { lastSeenAt: now, idleDeadline: now + HOUR };
    case "pull back":
      return { idleDeadline: now, absoluteDeadline: now };
    case "rotate":
      return { pending: { ...secret, attempt: 1 } };
    case "confirm":
      return {
        current: secret,
        pending: null,
        grace: [{ digest: digestNamed(`grace of ${now}`), validUntil: now + 30_000 }],
      };
    case "write data":
      return { data: { writtenAt: now }, absoluteDeadline: now + 2 * HOUR };
  }
}
