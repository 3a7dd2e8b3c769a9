import type { Timestamp } from "./clock.ts";
import type { GraceSecret, SessionChange, SessionRecord } from "./session-record.ts";
import { digestOf, digestsMatch, type TokenParts } from "./session-token.ts";

/** How long a secret that was sent out may stay unseen before a re-authentication, which cannot wait, replaces it. */
export const CONFIRMATION_SECONDS = 60;

/**
 * How long it may stay unseen before a rotation replaces it: a network may hold an answer back for minutes and then
 * deliver it.
 */
export const REISSUE_SECONDS = 900;

/** How long requests that were already sent may still carry the secret that a confirmed one replaced. */
export const GRACE_SECONDS = 30;

/** After this many secrets in a row that never came back, the client evidently does not store cookies. */
export const MAXIMUM_UNCONFIRMED_SECRETS = 3;

/** How long the rotation then pauses. */
export const SUSPENSION_SECONDS = 86_400;

/** The time of issue of a current secret that must be replaced now, whatever the policy says about its age. */
export const DUE_AT_ONCE = 0;

const GRACE_SLOTS = 2;

/**
 * The relation of a presented secret to a session. The rules were model-checked: without each of them there is a known
 * run in which an honest browser is logged out, or a copied cookie goes unnoticed.
 */
export type Recognition =
  /** Valid. */
  | "current"
  /** Valid, and the proof that the browser has it: it becomes current. */
  | "pending"
  /** Valid until its deadline. It is never fresh and may start nothing that lasts. */
  | "grace"
  /** Once genuine, now replaced for good: two clients hold the session, and it is unknown which one is the thief. */
  | "reused"
  /** Never issued. Session ids are public, so this must change nothing: otherwise anyone could end any session. */
  | "unknown";

/** Whether the presented secret is the one in force: the one that `recognise` calls `current`, without a clock. */
export function isCurrent(record: SessionRecord, presented: TokenParts): boolean {
  return digestsMatch(digestOf(presented.secret), record.current.digest);
}

export function recognise(record: SessionRecord, presented: TokenParts, now: Timestamp): Recognition {
  const digest = digestOf(presented.secret);
  if (digestsMatch(digest, record.current.digest)) return "current";
  if (record.pending !== null && digestsMatch(digest, record.pending.digest)) return "pending";
  if (graceInForce(record, now).some((secret) => digestsMatch(digest, secret.digest))) return "grace";
  return digestsMatch(digestOf(presented.lineage), record.lineageDigest) ? "reused" : "unknown";
}

/** The pending secret came back: it is current now, and the one that it replaces goes into grace. */
export function confirmPending(record: SessionRecord, now: Timestamp): SessionChange {
  if (record.pending === null) return {};
  const { digest, issuedAt, authenticatedAt } = record.pending;
  const replaced = { digest: record.current.digest, validUntil: now + GRACE_SECONDS * 1_000 };
  return {
    current: { digest, issuedAt, authenticatedAt },
    pending: null,
    grace: [replaced, ...graceInForce(record, now)].slice(0, GRACE_SLOTS),
  };
}

/** The occasion on which a new secret is issued. */
export type IssuePurpose = "rotation" | "reauthentication";

/**
 * Whether the holder of the current secret may get a new one. Not while another new secret is on its way: it may still
 * arrive and would look reused. Not while one is in grace, so that at most one generation is on its way. Only
 * re-authentication may use the second grace slot, because it cannot wait.
 */
export function mayIssueSecret(record: SessionRecord, now: Timestamp, purpose: IssuePurpose): boolean {
  if (record.pending !== null && !isPendingLost(record, now, purpose)) return false;
  return graceInForce(record, now).length < (purpose === "reauthentication" ? GRACE_SLOTS : 1);
}

/** Whether a secret that was sent out is lost and another one may be sent in its place. */
export function isPendingLost({ pending }: SessionRecord, now: Timestamp, purpose: IssuePurpose): boolean {
  if (pending === null) return false;
  const isSuspended = pending.attempt === 0;
  if (purpose === "reauthentication") return isSuspended || now - pending.issuedAt > CONFIRMATION_SECONDS * 1_000;
  return now - pending.issuedAt > (isSuspended ? SUSPENSION_SECONDS : REISSUE_SECONDS) * 1_000;
}

/**
 * The change that pauses the rotation for a day once the last of three secrets in a row is lost; else null. The client
 * that drops the cookie is a server between the browser and the application, or a cookie file that is never written
 * back. Ending the session would log an honest user out, but not a thief who does store cookies. The last secret stays
 * pending: if it comes back after all, it becomes current.
 */
export function suspendRotation(record: SessionRecord, now: Timestamp): SessionChange | null {
  const { pending } = record;
  if (pending === null || pending.attempt < MAXIMUM_UNCONFIRMED_SECRETS) return null;
  return isPendingLost(record, now, "rotation") ? { pending: { ...pending, issuedAt: now, attempt: 0 } } : null;
}

/**
 * The change that sends out `digest`. Pass the `authenticatedAt` of the presented secret, not that of a pending one
 * that is replaced: the client with the old secret need not be the one that gave the password.
 */
export function issueSecret(
  record: SessionRecord,
  digest: string,
  authenticatedAt: Timestamp | null,
  now: Timestamp,
): SessionChange {
  return { pending: { digest, issuedAt: now, authenticatedAt, attempt: (record.pending?.attempt ?? 0) + 1 } };
}

/**
 * The change that makes a session get a new secret with its next answer. A secret that is on its way is new enough,
 * unless the rotation is paused: otherwise a client that dropped three secrets would delay the renewal for a day.
 */
export function makeSecretDue({ current, pending }: SessionRecord): SessionChange {
  const isSuspended = pending?.attempt === 0;
  return {
    current: { ...current, issuedAt: DUE_AT_ONCE },
    ...(isSuspended ? { pending: { ...pending, issuedAt: DUE_AT_ONCE } } : {}),
  };
}

function graceInForce(record: SessionRecord, now: Timestamp): readonly GraceSecret[] {
  return record.grace.filter((secret) => now < secret.validUntil);
}
