import { setTimeout as delay } from "node:timers/promises";
import type { SessionManager } from "coatcheck";
import { GatewayError } from "../../errors.ts";
import { type Account, type AccountCredential, newAccountId } from "../account.ts";
import type { AccountStore } from "../account-store.ts";
import { type EmailAddress, normaliseEmail } from "../email-address.ts";
import { type HashingPlace, overloaded } from "../passwords/hashing-queue.ts";
import type { PasswordHasher } from "../passwords/password-hasher.ts";
import { PasswordProof } from "../passwords/password-proof.ts";
import { KeyedBoundedWork } from "../throttling/keyed-bounded-work.ts";
import { isDeviceToken, type KnownDevices } from "../throttling/known-devices.ts";
import { areOfOneNetwork, networkOf } from "../throttling/login-limits.ts";
import type {
  BucketKind,
  LoginSubject,
  LoginThrottle,
  ReserveResult,
  TrustedOrigin,
} from "../throttling/login-throttle.ts";
import type { OverallFailures } from "../throttling/overall-failures.ts";
import type { CredentialChanges } from "./credential-changes.ts";

/** The account that a login is for, before any check. For an unknown address, the user id belongs to no user. */
export interface Claimant {
  readonly userId: string;
  readonly email: EmailAddress | null;
  /** For logs and audit events only. A client must not be able to notice it. */
  readonly isKnown: boolean;
}

export interface PasswordGiven {
  readonly password: string;
  /** The client's address, as the gateway knows it behind trusted proxies. */
  readonly address: string;
}

/** One answer for every cause: unknown address, wrong password, disabled account. */
export type PasswordRefused =
  | { readonly outcome: "invalid" }
  | {
      readonly outcome: "throttled";
      readonly retryAfterSeconds: number;
      /** The limit that was reached: a count of failures, or the queue of one address. For operators. */
      readonly limit: BucketKind | "waiting";
    };

export type LoginCheck =
  | {
      readonly outcome: "verified";
      readonly account: Account;
      /** Once the login is done, `devices.issue(account.id, deviceToken)` and set the cookie. */
      readonly deviceTokenDue: boolean;
    }
  | PasswordRefused;

interface Checked {
  readonly outcome: "verified";
  readonly proof: PasswordProof;
  readonly asStranger: boolean;
}

export type OwnerCheck = { readonly outcome: "verified"; readonly proof: PasswordProof } | PasswordRefused;

export interface PasswordAuthenticatorParts {
  readonly accounts: AccountStore;
  readonly hasher: PasswordHasher;
  readonly throttle: LoginThrottle;
  readonly devices: KnownDevices;
  readonly changes: Pick<CredentialChanges, "finishPendingOf">;
  readonly sessions: Pick<SessionManager, "list">;
  readonly overall: Pick<OverallFailures, "failed" | "delayMilliseconds">;
}

/**
 * Fewer than the free failures of every bucket (`login-limits.ts`). An attempt counts as failed while its password is
 * being checked, and right passwords that arrive at once must not make the gateway refuse one of them.
 */
const CHECKS_AT_A_TIME = 4;
const MAXIMUM_WAITING = 100;
/** The Retry-After of an attempt that finds too many others waiting. */
const CROWDED_RETRY_SECONDS = 2;
/**
 * How long an attempt waits for others, at this node and elsewhere, whose passwords are still being checked and may be
 * right.
 */
const LONGEST_WAIT_FOR_OTHERS_MILLISECONDS = 5_000;

/**
 * PasswordAuthenticator checks passwords: for a login, and again for a user who is logged in. It does the same work in
 * the same order whether the account is unknown, the password wrong or the account disabled.
 *
 * A login is these steps, in this order, so that an attempt that cannot be checked costs nothing, and a revocation in
 * between is noticed: `auth.login` of the library begins the login before it calls the check.
 *
 *     await authenticator.askForRoom(email, deviceToken);
 *     const claimant = await authenticator.lookUp(email);
 *     await auth.login(request, claimant.userId, async () => {
 *       const check = await authenticator.checkLogin(claimant, { password, address, deviceToken });
 *       return check.outcome === "verified";
 *     });
 *
 * A login that a revocation overtook repeats only `checkLogin`, which reads the account and its hash again. It does not
 * repeat `lookUp`: the login stays that of the account which `lookUp` found, and the revocation that `lookUp` would
 * finish has just been carried out.
 *
 * Attempts from one address by unknown devices, or with one device or session, are checked a few at a time. They wait
 * for each other and for no other attempts.
 *
 * All methods reject with `accounts_unavailable` or `overloaded`: answer 503. An attempt that was not checked because
 * of such a fault is not counted.
 */
export class PasswordAuthenticator {
  readonly #parts: PasswordAuthenticatorParts;
  readonly #turns = new KeyedBoundedWork({ concurrency: CHECKS_AT_A_TIME, maximumWaiting: MAXIMUM_WAITING });

  constructor(parts: PasswordAuthenticatorParts) {
    this.#parts = parts;
  }

  /**
   * Refuses a login for which the queue has no place, before the gateway writes or hashes anything or, for a stranger,
   * reads anything. A device is recognised by its row: its token has 256 random bits, and an index look-up tells
   * whether it is genuine.
   *
   * @throws GatewayError `overloaded`
   */
  async askForRoom(email: string, deviceToken: string | null): Promise<void> {
    const { accounts, devices, hasher } = this.#parts;
    if (!hasher.isFullFor("stranger")) return;
    if (hasher.isFullFor("known") || !isDeviceToken(deviceToken)) throw overloaded();
    const normalised = normaliseEmail(email);
    const account = normalised === null ? null : await accounts.findByEmail(normalised);
    if ((await devices.recognise(account?.id ?? newAccountId(), deviceToken)) === null) throw overloaded();
  }

  /**
   * Finds the account that a login is for. Also finishes a pending revocation of that account, so that the login comes
   * after the revocation.
   */
  async lookUp(email: string): Promise<Claimant> {
    const { accounts, changes } = this.#parts;
    const normalised = normaliseEmail(email);
    const account = normalised === null ? null : await accounts.findByEmail(normalised);
    const userId = account?.id ?? newAccountId();
    await changes.finishPendingOf(userId);
    return { userId, email: normalised, isKnown: account !== null };
  }

  /** Checks the password of a login. Reads the account here, after the login has begun. */
  async checkLogin(
    claimant: Claimant,
    given: PasswordGiven & { readonly deviceToken: string | null },
  ): Promise<LoginCheck> {
    const device = await this.#parts.devices.recognise(claimant.userId, given.deviceToken);
    const trusted: TrustedOrigin | null = device === null ? null : { kind: "device", id: device.id };
    const checked = await this.#check(claimant, given, trusted);
    if (checked.outcome !== "verified") return checked;
    return {
      outcome: "verified",
      account: checked.proof.account,
      // A device on which too many guesses failed gets a new token, which makes a thief's copy of the old one
      // worthless.
      deviceTokenDue: checked.asStranger || (device?.renewalDue ?? true),
    };
  }

  /**
   * Checks the password of a live session's owner again, to confirm who they are or to change it. Failures count
   * against that session alone until it has to wait, and as an unknown device's from then on, so that a stolen session
   * cannot lock the user out.
   */
  async checkOwner(account: Account, sessionId: string, given: PasswordGiven): Promise<OwnerCheck> {
    const claimant = { userId: account.id, email: account.email, isKnown: true };
    const checked = await this.#check(claimant, given, { kind: "session", id: sessionId });
    return checked.outcome === "verified" ? { outcome: "verified", proof: checked.proof } : checked;
  }

  async #check(
    claimant: Claimant,
    given: PasswordGiven,
    trusted: TrustedOrigin | null,
  ): Promise<Checked | PasswordRefused> {
    const origin = trusted === null ? networkOf(given.address) : `${trusted.kind} ${trusted.id}`;
    const checked = this.#turns.run(origin, () => this.#checkInTurn(claimant, given, trusted));
    return checked ?? { outcome: "throttled", retryAfterSeconds: CROWDED_RETRY_SECONDS, limit: "waiting" };
  }

  async #checkInTurn(
    claimant: Claimant,
    given: PasswordGiven,
    trusted: TrustedOrigin | null,
  ): Promise<Checked | PasswordRefused> {
    // Take the place before counting the attempt: an attempt that is not checked must not cost a write.
    const place = this.#parts.hasher.takePlace(trusted === null ? "stranger" : "known");
    try {
      return await this.#checkInPlace(place, claimant, given, trusted);
    } finally {
      place.leave();
    }
  }

  async #checkInPlace(
    place: HashingPlace,
    claimant: Claimant,
    given: PasswordGiven,
    trusted: TrustedOrigin | null,
  ): Promise<Checked | PasswordRefused> {
    const { accounts, hasher, throttle, overall } = this.#parts;
    // Wait while holding the place, so that the number of waiting attempts is bounded.
    const slowDown = trusted === null ? overall.delayMilliseconds() : 0;
    if (slowDown > 0) await delay(slowDown);
    const reserved = await this.#reserveFrom(claimant, given, trusted);
    if (!reserved.allowed) {
      const { retryAfterSeconds, fullBucket } = reserved;
      return { outcome: "throttled", retryAfterSeconds, limit: fullBucket };
    }
    const { attempt } = reserved;

    let credential: AccountCredential | null;
    let matches: boolean;
    try {
      credential = await accounts.findCredential(claimant.userId);
      matches = await hasher.verify(given.password, credential?.passwordHash ?? null, place);
    } catch (fault) {
      // If this fails too, the attempt stays counted. The first fault is the one to report.
      await throttle.giveBack(attempt).catch(() => undefined);
      throw fault;
    }
    if (credential === null || !matches || credential.account.disabled) {
      overall.failed();
      await throttle.fail(attempt);
      return { outcome: "invalid" };
    }

    // Leave the place now, so that the next login takes it: only spare capacity goes into a stronger hash.
    place.leave();
    await throttle.succeed(attempt);
    const passwordHash = await this.#strengthen(credential, given.password);
    const proof = new PasswordProof(credential.account, passwordHash);
    return { outcome: "verified", proof, asStranger: attempt.asStranger };
  }

  /**
   * If strangers are shut out of the account, the client's network tells whether this one may be its owner: NIST SP
   * 800-63B-4, 3.2.2 names addresses from which the account has signed in before. Checked only in this case, and for
   * unknown accounts alike.
   */
  async #reserveFrom(
    { userId, email }: Claimant,
    { address }: PasswordGiven,
    trusted: TrustedOrigin | null,
  ): Promise<ReserveResult> {
    const reserved = await this.#reserve({ email, address, trusted });
    if (reserved.allowed || reserved.fullBucket !== "account") return reserved;
    const sessions = await this.#parts.sessions.list(userId);
    const isFromOwnNetwork = sessions.some(({ device: { ip } }) => ip !== null && areOfOneNetwork(ip, address));
    return isFromOwnNetwork ? this.#reserve({ email, address, trusted, isFromOwnNetwork }) : reserved;
  }

  /**
   * An attempt that finds a count full of undecided attempts waits for them, here and at other nodes, but not for long.
   */
  async #reserve(subject: LoginSubject): Promise<ReserveResult> {
    const deadline = performance.now() + LONGEST_WAIT_FOR_OTHERS_MILLISECONDS;
    for (;;) {
      const reserved = await this.#parts.throttle.reserve(subject);
      if (reserved.allowed || !reserved.isUndecided || performance.now() >= deadline) return reserved;
      // Random, so that attempts that wait for the same check do not ask together.
      await delay(20 + Math.random() * 60);
    }
  }

  /** Stores the password under today's parameters. Without spare capacity, this waits for the next login. */
  async #strengthen(credential: AccountCredential, password: string): Promise<string> {
    const { accounts, hasher } = this.#parts;
    const { account, passwordHash } = credential;
    if (!hasher.needsRehash(passwordHash)) return passwordHash;
    try {
      const stronger = await hasher.hash(password);
      return (await accounts.replaceHash(account.id, passwordHash, stronger)) ? stronger : passwordHash;
    } catch (fault) {
      if (fault instanceof GatewayError && fault.code === "overloaded") return passwordHash;
      throw fault;
    }
  }
}
