import { createHash } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import type { Timestamp } from "coatcheck";
import { ipv6Groups } from "coatcheck/adapter";
import type { Bucket, BucketKind, FailureCount, LoginSubject } from "./login-throttle.ts";

interface LoginLimit {
  /** The number of failures that cost no waiting. */
  readonly freeFailures: number;
  /** The wait after the last free failure; it doubles with each further one, up to `longestDelaySeconds`. */
  readonly firstDelaySeconds: number;
  readonly longestDelaySeconds: number;
  /** The number of failures at which the bucket closes until a success or an operator empties it; null for never. */
  readonly closesAtFailures: number | null;
  /** The time that forgives one failure; null for consecutive failures, which only a success forgives. */
  readonly forgivesOneEverySeconds: number | null;
}

const HOUR = 3_600;
const DAY = 86_400;

/**
 * The counts of failed logins, and their limits. A stranger's attempt counts in three buckets, an attempt from a known
 * device or a live session in one of its own:
 *
 * - `address`: all accounts together, so that trying one password on every account is slow. There may be an office
 *   behind one address, so time forgives, and the longest wait stays bearable.
 * - `account_from_address`: stops a single guesser long before the account as a whole notices. After the free failures
 *   one address gets about 20 guesses in the first day and one a day from then on.
 * - `account`: all strangers together. It closes at 100 consecutive failures (NIST SP 800-63B-4, 3.2.2), for strangers
 *   alone: an attacker with many addresses can close it. The owner still gets in from any known device, and in a new
 *   browser from a network in which the account is signed in, because attempts from there do not count in this bucket.
 * - `trusted`: one known device or one session. Only a client that has it can fill this bucket, so no stranger can lock
 *   the owner out. Nor can a thief with a copy: while the bucket would make the attempt wait, the attempt counts as a
 *   stranger's instead. After 20 wrong guesses in a row the device or session is taken for stolen, and its attempts
 *   count as a stranger's from then on.
 */
export const loginLimits: Readonly<Record<BucketKind, LoginLimit>> = {
  address: {
    freeFailures: 20,
    firstDelaySeconds: 2,
    longestDelaySeconds: HOUR / 4,
    closesAtFailures: null,
    forgivesOneEverySeconds: 300,
  },
  account_from_address: {
    freeFailures: 5,
    firstDelaySeconds: 2,
    longestDelaySeconds: DAY,
    closesAtFailures: null,
    forgivesOneEverySeconds: 7 * DAY,
  },
  account: {
    freeFailures: 50,
    firstDelaySeconds: 30,
    longestDelaySeconds: HOUR,
    closesAtFailures: 100,
    forgivesOneEverySeconds: null,
  },
  trusted: {
    freeFailures: 5,
    firstDelaySeconds: 2,
    longestDelaySeconds: HOUR,
    closesAtFailures: 20,
    forgivesOneEverySeconds: 7 * DAY,
  },
};

/** The Retry-After of a closed bucket. It opens at no particular time, and a client should not keep asking. */
const CLOSED_RETRY_SECONDS = DAY;

/** Failures, including those that are still undecided. */
type PlainCount = Pick<FailureCount, "failures" | "lastFailureAt">;

/** The failures that still count. */
export function failuresInForce(kind: BucketKind, count: PlainCount | null, now: Timestamp): number {
  if (count === null) return 0;
  const { forgivesOneEverySeconds } = loginLimits[kind];
  if (forgivesOneEverySeconds === null) return count.failures;
  // A clock that was set back forgives nothing, and takes nothing back.
  const elapsedSeconds = Math.max(0, now - count.lastFailureAt) / 1_000;
  return Math.max(0, count.failures - Math.floor(elapsedSeconds / forgivesOneEverySeconds));
}

/**
 * A check takes a few seconds at most. An older undecided failure belongs to a process that died, and counts like any
 * other.
 */
const LONGEST_CHECK_SECONDS = 30;

/** The number of failures that may still turn out to be none. */
export function undecidedInForce(count: FailureCount | null, now: Timestamp): number {
  if (count === null) return 0;
  return now - count.lastFailureAt <= LONGEST_CHECK_SECONDS * 1_000 ? count.undecided : 0;
}

/** The time at which the last of the failures is forgiven; null for never. */
export function forgivenAt(kind: BucketKind, { failures, lastFailureAt }: PlainCount): Timestamp | null {
  const { forgivesOneEverySeconds } = loginLimits[kind];
  return forgivesOneEverySeconds === null ? null : lastFailureAt + failures * forgivesOneEverySeconds * 1_000;
}

export function isClosed(kind: BucketKind, count: PlainCount | null, now: Timestamp): boolean {
  const { closesAtFailures } = loginLimits[kind];
  return closesAtFailures !== null && failuresInForce(kind, count, now) >= closesAtFailures;
}

/** How long the next attempt has to wait; 0 if it may be made now. */
export function waitSeconds(kind: BucketKind, count: PlainCount | null, now: Timestamp): number {
  if (count === null) return 0;
  if (isClosed(kind, count, now)) return CLOSED_RETRY_SECONDS;
  const { freeFailures, firstDelaySeconds, longestDelaySeconds } = loginLimits[kind];
  const excess = failuresInForce(kind, count, now) - freeFailures;
  if (excess < 0) return 0;
  const delay = Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** excess);
  const remaining = Math.ceil((count.lastFailureAt - now) / 1_000 + delay);
  // Limited to the delay itself: a clock that was set back must not lengthen the wait.
  return Math.min(delay, Math.max(0, remaining));
}

/** The buckets of an attempt by a stranger. */
export function strangerBuckets(subject: LoginSubject): readonly Bucket[] {
  const address: Bucket = { kind: "address", key: digest(networkOf(subject.address)) };
  if (subject.email === null) return [address];
  const account = accountBucket(subject.email);
  const pair: Bucket = { kind: "account_from_address", key: `${account.key}.${address.key}` };
  // Strangers elsewhere cannot shut this client out; it may guess as often as a single address may.
  return subject.isFromOwnNetwork === true ? [address, pair] : [address, pair, account];
}

export function accountBucket(email: string): Bucket {
  return { kind: "account", key: digest(email) };
}

export function trustedBucket(subject: LoginSubject): Bucket | null {
  if (subject.trusted === null) return null;
  return { kind: "trusted", key: digest(`${subject.trusted.kind} ${subject.trusted.id}`) };
}

const NO_ADDRESS = "no address";

/** Whether two addresses are of one network. A text that is no address belongs to no network. */
export function areOfOneNetwork(one: string, other: string): boolean {
  const network = networkOf(one);
  return network !== NO_ADDRESS && network === networkOf(other);
}

/**
 * The addresses that one guesser holds: a single IPv4 address, or an IPv6 /64, which a home or a rented server gets as
 * a whole. Texts that are no addresses share one bucket, or every spelling of one would bring free failures of its own.
 */
export function networkOf(address: string): string {
  const plain = withoutPort(address);
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return NO_ADDRESS;
  const groups = ipv6Groups(plain.replace(/%.*$/, ""));
  return holdsIpv4(groups) ? mappedAddress(groups) : `${groups.slice(0, 4).join(":")}::/64`;
}

/** Some proxies pass ports on: `1.2.3.4:5678`, and IPv6 in brackets (RFC 7239, section 6). */
function withoutPort(address: string): string {
  const [, v4, v6] = /^(?:([\d.]+):\d{1,5}|\[([^[\]]+:[^[\]]*)\](?::\d{1,5})?)$/.exec(address) ?? [];
  return v4 ?? v6 ?? address;
}

/**
 * Whether it is an IPv4 client on a socket for both (`::ffff:0:0/96`), or at an IPv6-only server behind a translator
 * (`64:ff9b::/96`, RFC 6052): all of IPv4 must not be one client.
 */
function holdsIpv4(groups: readonly string[]): boolean {
  return ["0:0:0:0:0:ffff", "64:ff9b:0:0:0:0"].includes(groups.slice(0, 6).join(":"));
}

function mappedAddress(groups: readonly string[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join(".");
}

/** Makes keys of one length, which do not reveal what a user typed into the wrong field. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
