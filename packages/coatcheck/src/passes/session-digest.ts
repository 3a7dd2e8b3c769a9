import { digestOf } from "../core/session-token.ts";

const LENGTH = 22;

/**
 * Names a session in passes and revocation lists: 132 bits of a digest of its public id. With it, a reader of either
 * cannot find the session, its user, or the owner of another pass.
 */
export function sessionDigestOf(sessionId: string): string {
  return digestOf(`coatcheck access session v1 ${sessionId}`).slice(0, LENGTH);
}

/** Whether a value has the form of a session digest. */
export function isSessionDigest(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9_-]{22}$/.test(value);
}
