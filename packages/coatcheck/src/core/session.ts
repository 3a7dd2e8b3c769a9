import type { Timestamp } from "./clock.ts";
import { type Device, expiresAt, type JsonObject, type SessionRecord } from "./session-record.ts";
import { partsOf, type SessionToken, type TokenParts } from "./session-token.ts";

/** The part of a session that an application sees. It holds no secret: it is safe to list, log and send to its user. */
export interface Session {
  /** Public: with the user id it names the session in lists, logs and revoke calls. */
  readonly id: string;
  /** The user that the session belongs to. */
  readonly userId: string;
  /** When the user logged in. */
  readonly createdAt: Timestamp;
  /** Exact to the touch interval: a minute, or a tenth of the idle timeout. */
  readonly lastSeenAt: Timestamp;
  /** When it ends if no further request uses it. Moves with use, up to `absoluteExpiresAt`. */
  readonly expiresAt: Timestamp;
  /** When it ends however active it is, unless the user proves again who they are. */
  readonly absoluteExpiresAt: Timestamp;
  /** Whether the session began with "remember me", and has the longer limits. */
  readonly remembered: boolean;
  /** RFC 8176 `amr` values. */
  readonly methods: readonly string[];
  /** The client that began the session. */
  readonly device: Device;
  /** The application's own data; see `SessionManager.replaceData`. */
  readonly data: JsonObject;
}

export function sessionOf(record: SessionRecord): Session {
  return {
    id: record.sessionId,
    userId: record.userId,
    createdAt: record.createdAt,
    lastSeenAt: record.lastSeenAt,
    expiresAt: expiresAt(record),
    absoluteExpiresAt: record.absoluteDeadline,
    remembered: record.remembered,
    methods: record.methods,
    device: record.device,
    data: record.data,
  };
}

/** The secret parts of an authentication. For core and http only. */
export interface HeldSecret {
  readonly record: SessionRecord;
  readonly token: TokenParts;
}

interface AuthenticationFacts {
  readonly fresh: boolean;
  readonly freshnessKnown: boolean;
  readonly authenticatedAt: Timestamp | null;
  readonly presented: "current" | "grace";
  readonly rotationDue: boolean;
}

/**
 * A request's proof of its session, as it stood when the store was asked. Its secrets are in a private field, so that
 * printing, logging or serialising an authentication shows none.
 */
export class Authentication {
  readonly status = "authenticated";
  /** The session as the store returned it. */
  readonly session: Session;
  /**
   * Whether the holder of this very secret proved who they are within the policy's `freshForSeconds`, as far as is
   * known.
   */
  readonly fresh: boolean;
  /**
   * False if a near-cache answered while the login may be fresh: `fresh` is false then, and `authenticate` with
   * `needsFreshness` asks the store.
   */
  readonly freshnessKnown: boolean;
  /** When the holder of this very secret last proved who they are; null if never, and for a secret in grace. */
  readonly authenticatedAt: Timestamp | null;
  /** `grace`: the secret was replaced a moment ago. The request is valid, but may start nothing that lasts. */
  readonly presented: "current" | "grace";
  /** Whether the response should carry a new secret, if it can carry a cookie at all. */
  readonly rotationDue: boolean;
  readonly #secret: HeldSecret;

  /** @internal `SessionManager.authenticate` makes them. */
  constructor(secret: HeldSecret, facts: AuthenticationFacts) {
    this.session = sessionOf(secret.record);
    this.fresh = facts.fresh;
    this.freshnessKnown = facts.freshnessKnown;
    this.authenticatedAt = facts.authenticatedAt;
    this.presented = facts.presented;
    this.rotationDue = facts.rotationDue;
    this.#secret = secret;
  }

  /** @internal The secret parts, for core and http only. */
  static secretOf(authentication: Authentication): HeldSecret {
    return authentication.#secret;
  }
}

/** For the rest of the request in which the token was issued, without asking the store again. */
export function authenticationFor(record: SessionRecord, token: SessionToken): Authentication {
  const { authenticatedAt } = record.pending ?? record.current;
  const fresh = authenticatedAt !== null;
  return new Authentication(
    { record, token: partsOf(token) },
    { fresh, freshnessKnown: true, authenticatedAt, presented: "current", rotationDue: false },
  );
}

/** `reason` is for logs and events; the client gets the same answer for all of them. */
export interface Unauthenticated {
  readonly status: "unauthenticated";
  readonly reason: "absent" | "malformed" | "unknown" | "expired" | "replaced" | "token_reused";
}

/** The worth of a presented token, told apart by `status`. */
export type AuthenticationResult = Authentication | Unauthenticated;

export function unauthenticated(reason: Unauthenticated["reason"]): Unauthenticated {
  return { status: "unauthenticated", reason };
}
