import type { Timestamp } from "./clock.ts";

/** Names one session. Public: it gives no access, and may appear in lists and revoke calls. */
export interface SessionReference {
  /** 20 base64url characters derived from namespace and user id. A pseudonym: keep it out of logs. */
  readonly userKey: string;
  /** 12 base64url characters, random. */
  readonly sessionId: string;
}

/**
 * The secret in force. Freshness belongs to the secret, not to the session: a copy made earlier never becomes fresh.
 */
export interface CurrentSecret {
  /** SHA-256 of the secret, base64url. */
  readonly digest: string;
  /** When it was sent to the browser; 0 if it has to be replaced with the next answer. */
  readonly issuedAt: Timestamp;
  /** When the recipient of this secret last proved who they are; null for a session that began without such a proof. */
  readonly authenticatedAt: Timestamp | null;
}

/** A secret that was sent to the browser and has not come back yet. */
export interface PendingSecret extends CurrentSecret {
  /** How many secrets in a row went out unconfirmed, this one included; 0 while rotation pauses, since `issuedAt`. */
  readonly attempt: number;
}

/**
 * A replaced secret that requests already on their way may still carry. Never fresh, so it has no `authenticatedAt`.
 */
export interface GraceSecret {
  /** SHA-256 of the secret, base64url. */
  readonly digest: string;
  /** The end of its grace. A client that presents it later ends the session. */
  readonly validUntil: Timestamp;
}

/** Helps the user to recognise a session in the list of devices. */
export interface Device {
  /** A description for people, parsed from the user agent: "Firefox on Windows". */
  readonly label: string;
  /** Truncated; null if the client sent none or the application keeps none. */
  readonly userAgent: string | null;
  /** Whole, truncated to its network, or absent, as configured. */
  readonly ip: string | null;
}

/** A value that JSON can express. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
/** A JSON object: the data that an application may keep with a session. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * The stored form of a session. The columns are fixed and hold only digests, so a dump of the store gives access to
 * nothing.
 */
export interface SessionRecord extends SessionReference {
  /** The application's id of the user. */
  readonly userId: string;
  /** SHA-256 of the part of the secret that stays for the life of the session, base64url. */
  readonly lineageDigest: string;
  /** The secret in force. */
  readonly current: CurrentSecret;
  /** The secret that is on its way to the browser; null if there is none. */
  readonly pending: PendingSecret | null;
  /** At most two. */
  readonly grace: readonly GraceSecret[];
  /** When it was inserted. */
  readonly createdAt: Timestamp;
  /** When a request last moved the idle deadline. */
  readonly lastSeenAt: Timestamp;
  /** When the session ends if no further request uses it. */
  readonly idleDeadline: Timestamp;
  /** When the session ends however active it is. */
  readonly absoluteDeadline: Timestamp;
  /** How the user proved who they are, as RFC 8176 `amr` values: "pwd", "otp", "hwk" … */
  readonly methods: readonly string[];
  /** Whether the session has the limits of "remember me". */
  readonly remembered: boolean;
  /** 32 random bytes, base64url: the key of this session's CSRF tokens. */
  readonly csrfKey: string;
  /** The client that began the session. */
  readonly device: Device;
  /** The application's own data; at most 4 KiB as JSON. */
  readonly data: JsonObject;
  /** 1 when inserted, one more with every update. */
  readonly version: number;
}

/** The part of a record that may change while the session lives. */
export type SessionChange = Partial<
  Pick<
    SessionRecord,
    "current" | "pending" | "grace" | "lastSeenAt" | "idleDeadline" | "absoluteDeadline" | "methods" | "data"
  >
>;

/** The moment from which the session is expired: the earlier of its two deadlines. */
export function expiresAt(record: Pick<SessionRecord, "idleDeadline" | "absoluteDeadline">): Timestamp {
  return Math.min(record.idleDeadline, record.absoluteDeadline);
}

/** The record after an update: its version is one higher, and no deadline has moved back. */
export function applyChange(record: SessionRecord, change: SessionChange): SessionRecord {
  return {
    ...record,
    ...change,
    idleDeadline: Math.max(record.idleDeadline, change.idleDeadline ?? 0),
    absoluteDeadline: Math.max(record.absoluteDeadline, change.absoluteDeadline ?? 0),
    version: record.version + 1,
  };
}

/** The reason why a session ended. Recorded with every removal, so that "why was I signed out?" has an answer. */
export type EndReason =
  | "logged_out"
  | "replaced"
  | "revoked"
  | "expired"
  | "evicted"
  | "token_reused"
  | "credentials_changed"
  | "user_disabled"
  | "client_changed";

/** A removed session, with the reason. */
export interface RemovedSession extends SessionReference {
  /** The application's id of the user. */
  readonly userId: string;
  /** Why it was removed. */
  readonly reason: EndReason;
}
