import { createHash } from "node:crypto";
import type { Timestamp } from "../core/clock.ts";
import type { SessionRecord } from "../core/session-record.ts";

const HOUR = 3_600_000;

/** A user key that shows its name in a failure: base64url, as long as a real one. */
export function userKeyNamed(name: string): string {
  return name.padEnd(20, "-");
}

/** A session id that shows its name in a failure: base64url, as long as a real one. */
export function sessionIdNamed(name: string): string {
  return name.padEnd(12, "-");
}

/** The SHA-256 digest of a name, base64url: as long as a real one, and the same each time. */
export function digestNamed(name: string): string {
  return createHash("sha256").update(name).digest("base64url");
}

/**
 * A record as core makes them: of the user "ada" unless `fields` say otherwise, idle after an hour and over after a
 * day. Deadlines and times are no whole minutes or seconds, so that a store that rounds is found out.
 */
export function sessionRecordNamed(
  name: string,
  createdAt: Timestamp,
  fields: Partial<SessionRecord> = {},
): SessionRecord {
  return {
    userKey: userKeyNamed("ada"),
    sessionId: sessionIdNamed(name),
    userId: "user:ada",
    lineageDigest: digestNamed(`lineage of ${name}`),
    current: { digest: digestNamed(`secret of ${name}`), issuedAt: createdAt, authenticatedAt: createdAt },
    pending: null,
    grace: [],
    createdAt,
    lastSeenAt: createdAt,
    idleDeadline: createdAt + HOUR,
    absoluteDeadline: createdAt + 24 * HOUR,
    methods: ["pwd"],
    remembered: false,
    csrfKey: digestNamed(`CSRF key of ${name}`),
    device: { label: "Firefox on Linux", userAgent: "Mozilla/5.0", ip: "192.0.2.7" },
    data: {},
    version: 1,
    ...fields,
  };
}
