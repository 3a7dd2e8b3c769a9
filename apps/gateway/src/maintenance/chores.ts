import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, SessionManager } from "coatcheck";
import type { FastifyBaseLogger } from "fastify";
import type { CredentialChanges } from "../accounts/credentials/credential-changes.ts";
import type { AuditWriter } from "../audit/audit-writer.ts";
import { removeOldAuditEvents } from "../audit/remove-old-audit-events.ts";
import type { SignedAccess } from "../passes/signed-access.ts";
import type { OpenAccounts } from "../storage/accounts/open-accounts.ts";
import { watchClock } from "./clock-watch.ts";
import type { Chore } from "./maintenance.ts";

export interface ChoreParts {
  readonly database: OpenAccounts;
  readonly sessions: SessionManager;
  readonly changes: CredentialChanges;
  readonly access: SignedAccess;
  readonly audit: AuditWriter;
  /** Looks for open connections whose session has ended. */
  readonly checkConnections: () => Promise<void>;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
}

export interface ChoreSettings {
  readonly removeSessionsEverySeconds: number;
  readonly auditRetentionDays: number;
}

/**
 * How often to look for revocations that a crash or another process left pending. The gateway refuses these users'
 * sessions meanwhile.
 */
const PENDING_REVOCATIONS_EVERY_SECONDS = 1;
const EXPIRY_EVERY_SECONDS = 60;
const EXPIRY_BATCH = 100;
/** For expired sessions, and for accounts whose sessions could not be ended: no event announces either. */
const CONNECTIONS_EVERY_SECONDS = 5;
const AUDIT_EVERY_SECONDS = 1;
const CLOCK_EVERY_SECONDS = 60;

/** The periodic work of a running gateway. */
export function choresOf(parts: ChoreParts, settings: ChoreSettings): readonly Chore[] {
  const { database, sessions, changes, access, audit, checkConnections, clock, log } = parts;
  return [
    {
      name: "pending revocations",
      everySeconds: PENDING_REVOCATIONS_EVERY_SECONDS,
      run: () => changes.finishPending(),
    },
    {
      name: "expired sessions",
      everySeconds: settings.removeSessionsEverySeconds,
      run: () => removeExpiredSessions(sessions),
    },
    { name: "open connections", everySeconds: CONNECTIONS_EVERY_SECONDS, run: checkConnections },
    { name: "old keys", everySeconds: EXPIRY_EVERY_SECONDS, run: () => retireOldKeys(access, log) },
    { name: "clock", everySeconds: CLOCK_EVERY_SECONDS, run: () => watchClock(sessions, log) },
    { name: "audit events", everySeconds: AUDIT_EVERY_SECONDS, run: () => audit.flush() },
    {
      name: "old audit events",
      everySeconds: EXPIRY_EVERY_SECONDS,
      run: () => removeOldAuditEvents(database.audit, clock.now(), settings.auditRetentionDays),
    },
    { name: "expired accounts data", everySeconds: EXPIRY_EVERY_SECONDS, run: () => database.removeExpired() },
  ];
}

/**
 * In batches, so that requests get their turn in between, and until none is left, so that no backlog remains after a
 * busy minute.
 */
async function removeExpiredSessions(sessions: SessionManager): Promise<void> {
  let removed: number;
  do {
    removed = await sessions.removeExpired(EXPIRY_BATCH);
    await nextTurn();
  } while (removed === EXPIRY_BATCH);
}

/** Removes keys that no longer sign anything: every published key is one more that a thief could have. */
async function retireOldKeys(access: SignedAccess, log: FastifyBaseLogger): Promise<void> {
  for (const keys of [access.identityKeys, access.passKeys]) {
    for (const kid of await keys.retireDue()) log.info({ event: "key_retired", kid }, "an old key was retired");
  }
}
