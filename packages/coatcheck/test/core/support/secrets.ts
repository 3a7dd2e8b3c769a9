import type { PendingSecret, SessionRecord } from "coatcheck/store";
import { newSessionRecord } from "../../../src/core/login.ts";
import { standardPolicy } from "../../../src/core/session-policy.ts";
import { digestOf, mintToken, partsOf, rotateToken, type TokenParts } from "../../../src/core/session-token.ts";
import { deriveUserKey } from "../../../src/core/user-key.ts";

/** The moment around which the rotation tables are written. */
export const NOW = 1_000_000_000;

/** Secrets of one session, by what they are in `recordWith`; the last two are in no record. */
export type SecretName = "current" | "pending" | "firstGrace" | "secondGrace" | "superseded" | "madeUp";

const userKey = deriveUserKey("default", "ada");
const first = mintToken(userKey);
const next = () => partsOf(rotateToken(partsOf(first)));

export const secrets: Readonly<Record<SecretName, TokenParts>> = {
  current: partsOf(first),
  pending: next(),
  firstGrace: next(),
  secondGrace: next(),
  superseded: next(),
  // The right user and session id, which are public, and a secret that was never issued.
  madeUp: partsOf((first.slice(0, 32) + mintToken(userKey).slice(32)) as typeof first),
};

export function digestOfSecret(name: SecretName): string {
  return digestOf(secrets[name].secret);
}

interface RotationState {
  /** Seconds since the pending secret was sent out, and how many in a row that makes. */
  readonly pending?: { readonly ageSeconds: number; readonly attempt?: number; readonly authenticatedAt?: number };
  /** Seconds that each grace secret still has; at most two. */
  readonly grace?: readonly number[];
}

export function recordWith(state: RotationState): SessionRecord {
  const attempt = { userId: "ada", userKey, fence: null, readAt: NOW };
  const record = newSessionRecord(attempt, first, {}, standardPolicy, NOW - 600_000);
  return { ...record, pending: pendingOf(state), grace: graceOf(state) };
}

function pendingOf({ pending }: RotationState): PendingSecret | null {
  if (pending === undefined) return null;
  return {
    digest: digestOfSecret("pending"),
    issuedAt: NOW - pending.ageSeconds * 1_000,
    authenticatedAt: pending.authenticatedAt ?? null,
    attempt: pending.attempt ?? 1,
  };
}

function graceOf({ grace = [] }: RotationState): SessionRecord["grace"] {
  const names = ["firstGrace", "secondGrace"] as const;
  return grace.map((seconds, index) => ({
    digest: digestOfSecret(names[index] ?? "secondGrace"),
    validUntil: NOW + seconds * 1_000,
  }));
}
