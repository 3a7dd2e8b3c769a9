import { randomBytes } from "node:crypto";

/** How long a browser is remembered after a login: also the cookie's Max-Age. */
export const KNOWN_DEVICE_LIFETIME_SECONDS: number = 180 * 86_400;

/** Browsers remembered for one account. Above it the one that logged in longest ago is forgotten. */
export const MAXIMUM_KNOWN_DEVICES = 20;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface KnownDevice {
  /** The digest of the token: names the device's own count of failed logins. */
  readonly id: string;
  /** Half of its lifetime is over: the next login should issue a new token. */
  readonly renewalDue: boolean;
}

/**
 * KnownDevices remembers the browsers in which an account has logged in, by a random token in a cookie of their own.
 *
 * A token grants nothing but a count of failed logins that unknown devices cannot use up. A client that presents one
 * still needs the password, and a stolen one buys 20 guesses before it is worth no more than none (see
 * `login-limits.ts`). That is why it may outlive sessions and logouts. Only its digest is stored. One browser holds one
 * token, of the account that logged in there last; for any other account it is a stranger.
 *
 * Rejections are faults, with code `accounts_unavailable`.
 */
export interface KnownDevices {
  /** Remembers a device of the user and returns its token, for the cookie and nowhere else. Forgets `replaced`. */
  issue(userId: string, replaced?: string | null): Promise<string>;

  /** The device, or null for a token that is absent, made up, expired, or another user's. */
  recognise(userId: string, token: string | null): Promise<KnownDevice | null>;

  /** Forgets every device of the user. */
  forgetAll(userId: string): Promise<void>;

  /** Removes expired devices, at most `limit`; returns how many. */
  removeExpired(limit: number): Promise<number>;
}

export function mintDeviceToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a cookie's value can be a token at all: anything else is refused before the database is asked. */
export function isDeviceToken(text: string | null): text is string {
  return text !== null && TOKEN.test(text);
}
