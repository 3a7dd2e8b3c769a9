import { randomBytes } from "node:crypto";
import { CoatcheckError } from "../errors.ts";
import type { Timestamp } from "./clock.ts";
import type { Authentication } from "./session.ts";
import { validateSessionData } from "./session-data.ts";
import type { EventCause } from "./session-events.ts";
import { lifetimeOf, type SessionPolicy } from "./session-policy.ts";
import type { Device, JsonObject, SessionRecord } from "./session-record.ts";
import type { FenceReading } from "./session-store.ts";
import { digestOf, partsOf, type SessionToken } from "./session-token.ts";

/**
 * A login in progress: it holds the user's fence as it was before the credential was checked. Valid for five minutes.
 * Only `begin` makes one: a copy, or one that was serialised and parsed, completes no login.
 */
export interface LoginAttempt extends FenceReading {
  /** The id of the user who will be logged in if the credential is right. */
  readonly userId: string;
  /** The user's key in the store: a pseudonym that is derived from the id. */
  readonly userKey: string;
}

/** The properties of a session that begins. */
export interface LoginOptions extends EventCause {
  /**
   * Keeps the session over browser restarts, within the policy's `rememberedLifetime`; false by default, and if a form
   * leaves it out.
   */
  readonly remember?: boolean | undefined;
  /**
   * Ends the session this long after the login, if the policy does not end it earlier. A new proof starts the time
   * again. By default only the policy decides.
   */
  readonly durationSeconds?: number;
  /** RFC 8176 `amr` values of the proof that was just given; `["pwd"]` by default. */
  readonly methods?: readonly string[];
  /** True by default. False for a login without a proof of identity, such as one by a link in a mail. */
  readonly fresh?: boolean;
  /** The client, by which the user will recognise the session; an unknown device by default. */
  readonly device?: Device;
  /** The application's own data, at most 4 KiB as JSON; empty by default. */
  readonly data?: JsonObject;
  /** The session that the same browser already has: it ends when the new one has begun. None by default. */
  readonly replaces?: Authentication | null;
}

const UNKNOWN_DEVICE: Device = { label: "Unknown device", userAgent: null, ip: null };

/**
 * The record of a session that begins now.
 *
 * @throws CoatcheckError `invalid_session_data`, or `invalid_configuration` for an invalid duration
 */
export function newSessionRecord(
  attempt: LoginAttempt,
  token: SessionToken,
  options: LoginOptions,
  policy: SessionPolicy,
  now: Timestamp,
): SessionRecord {
  const parts = partsOf(token);
  const remembered = options.remember === true && policy.rememberedLifetime !== null;
  const lifetime = lifetimeOf(policy, { remembered });
  const longestSeconds = Math.min(lifetime.absoluteTimeoutSeconds, durationOf(options));
  return {
    userKey: attempt.userKey,
    sessionId: parts.sessionId,
    userId: attempt.userId,
    lineageDigest: digestOf(parts.lineage),
    current: {
      digest: digestOf(parts.secret),
      issuedAt: now,
      authenticatedAt: (options.fresh ?? true) ? now : null,
    },
    pending: null,
    grace: [],
    createdAt: now,
    lastSeenAt: now,
    idleDeadline: now + lifetime.idleTimeoutSeconds * 1_000,
    absoluteDeadline: now + longestSeconds * 1_000,
    methods: options.methods ?? ["pwd"],
    remembered,
    csrfKey: randomBytes(32).toString("base64url"),
    device: options.device ?? UNKNOWN_DEVICE,
    data: validateSessionData(options.data ?? {}),
    version: 1,
  };
}

function durationOf({ durationSeconds = Number.POSITIVE_INFINITY }: LoginOptions): number {
  if (durationSeconds >= 1) return durationSeconds;
  throw new CoatcheckError("invalid_configuration", "durationSeconds must be at least 1.");
}
