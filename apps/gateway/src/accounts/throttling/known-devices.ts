import { randomBytes } from "node:crypto";

/** How long a browser is remembered after a login; also the cookie's Max-Age. */
export const KNOWN_DEVICE_LIFETIME_SECONDS: number = 180 * 86_400;

/** The number of browsers remembered for one account. Above it, the browser with the oldest login is forgotten. */
export const MAXIMUM_KNOWN_DEVICES = 20;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export interface KnownDevice {
  /** The digest of the token. It names the device's own count of failed logins. */
  readonly id: string;
  /** Whether half of its lifetime is over: the next login should issue a new token. */
  readonly renewalDue: boolean;
}

/**
 * KnownDevices remembers the browsers in which an account has logged in, by a random token in a cookie of their own.
 *
 * A token grants nothing but a count of failed logins that unknown devices cannot use up. A client that presents one
 * still needs the password. A stolen token buys 20 guesses, and is then worth no more than no token (see
 * `login-limits.ts`). That is why a token may outlive sessions and logouts. Only its digest is stored. One browser
 * holds one token, of the account that logged in there last; for any other account the browser is a stranger.
 *
 * Rejections are faults, with code `accounts_unavailable`.
 */
export interface KnownDevices {
  /**
   * Remembers a device of the user and returns its token, which goes into the cookie and nowhere else. Forgets
   * `replaced`.
   */
  issue(userId: string, replaced?: string | null): Promise<string>;

  /** The device, or null if the token is absent, made up, expired, or another user's. */
  recognise(userId: string, token: string | null): Promise<KnownDevice | null>;

  /** Forgets every device of the user. */
  forgetAll(userId: string): Promise<void>;

  /** Removes expired devices, at most `limit`; returns how many. */
  removeExpired(limit: number): Promise<number>;
}

export function mintDeviceToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Whether a cookie's value can be a token at all. Anything else is refused without a query. */
export function isDeviceToken(text: string | null): text is string {
  return text !== null && TOKEN.test(text);
}
