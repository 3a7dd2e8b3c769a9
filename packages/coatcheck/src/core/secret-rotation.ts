import type { Timestamp } from "./clock.ts";
import { digestOf, digestsMatch } from "./digest.ts";
import type { GraceSecret, SessionChange, SessionRecord } from "./session-record.ts";
import type { TokenParts } from "./session-token.ts";

/** How long a secret that was sent out may stay unseen before a re-authentication, which cannot wait, takes its place. */
export const CONFIRMATION_SECONDS = 60;

/** How long until a rotation takes its place: a network may hold an answer back for minutes, and deliver it then. */
export const REISSUE_SECONDS = 900;

/** How long requests that were under way may still carry the secret that a confirmed one replaced. */
export const GRACE_SECONDS = 30;

/** After this many secrets in a row that never came back, what reads the answers does not take cookies up. */
export const MAXIMUM_UNCONFIRMED_SECRETS = 3;

/** For how long the rotation rests then. */
export const SUSPENSION_SECONDS = 86_400;

/** As the time of issue of a current secret: it is to be replaced now, whatever the policy says of its age. */
export const DUE_AT_ONCE = 0;

const GRACE_SLOTS = 2;

/**
 * What a presented secret is to a session. The rules were model-checked: each has a known run without it in which an
 * honest browser is thrown out, or a copied cookie lives on unnoticed.
 */
export type Recognition =
  /** Valid. */
  | "current"
  /** Valid, and the proof that the browser has it: it becomes current. */
  | "pending"
  /** Valid until its deadline; never fresh, and may start nothing that lasts. */
  | "grace"
  /** Once genuine, now replaced for good: two holders have parted, and which one is the thief cannot be told. */
  | "reused"
  /** Never issued. Session ids are public, so this must change nothing: anything else lets strangers end sessions. */
  | "unknown";

export function recognise(record: SessionRecord, presented: TokenParts, now: Timestamp): Recognition {
  const digest = digestOf(presented.secret);
  if (digestsMatch(digest, record.current.digest)) return "current";
  if (record.pending !== null && digestsMatch(digest, record.pending.digest)) return "pending";
  if (graceInForce(record, now).some((secret) => digestsMatch(digest, secret.digest))) return "grace";
  return digestsMatch(digestOf(presented.lineage), record.lineageDigest) ? "reused" : "unknown";
}

/** The pending secret came back: it is current now, and the one it replaces goes into grace. */
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

/** What a new secret is issued for. */
export type IssuePurpose = "rotation" | "reauthentication";

/**
 * Whether the holder of the current secret may be sent a new one. Never while another is on its way, which may yet
 * arrive and would look reused; and never while one is in grace, so that at most one generation is under way. Only
 * re-authentication may use the second grace slot: it cannot wait.
 */
export function mayIssueSecret(record: SessionRecord, now: Timestamp, purpose: IssuePurpose): boolean {
  if (record.pending !== null && !isPendingLost(record, now, purpose)) return false;
  return graceInForce(record, now).length < (purpose === "reauthentication" ? GRACE_SLOTS : 1);
}

/** Whether a secret that was sent out is lost and another may be sent in its place. */
export function isPendingLost({ pending }: SessionRecord, now: Timestamp, purpose: IssuePurpose): boolean {
  if (pending === null) return false;
  const isSuspended = pending.attempt === 0;
  if (purpose === "reauthentication") return isSuspended || now - pending.issuedAt > CONFIRMATION_SECONDS * 1_000;
  return now - pending.issuedAt > (isSuspended ? SUSPENSION_SECONDS : REISSUE_SECONDS) * 1_000;
}

/**
 * The change that lets the rotation rest for a day, once the last of three secrets in a row is lost; else null. What
 * reads the answers drops the cookie: a server between the browser and us, or a cookie file that is never written back.
 * To end the session would sign an honest user out, and no thief who takes cookies up. The last secret stays pending:
 * if it comes back after all, it is current.
 */
export function suspendRotation(record: SessionRecord, now: Timestamp): SessionChange | null {
  const { pending } = record;
  if (pending === null || pending.attempt < MAXIMUM_UNCONFIRMED_SECRETS) return null;
  return isPendingLost(record, now, "rotation") ? { pending: { ...pending, issuedAt: now, attempt: 0 } } : null;
}

/**
 * The change that sends out `digest`. Pass the `authenticatedAt` of the secret that was presented, not of a pending
 * one that is replaced: whoever presents the old secret need not be who typed the password.
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
 * The change that has a session get a new secret with its next answer. A secret that is on its way is new enough, unless
 * the rotation rests: a client that dropped three secrets would keep the renewal back for a day.
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
