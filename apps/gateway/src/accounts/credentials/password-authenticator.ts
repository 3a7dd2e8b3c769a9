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

/** The account that a login is for, before anything was checked. For an unknown address no user has the user id. */
export interface Claimant {
  readonly userId: string;
  readonly email: EmailAddress | null;
  /** For what is written down, and for nothing that a client could notice. */
  readonly isKnown: boolean;
}

export interface PasswordGiven {
  readonly password: string;
  /** The client's address, as known behind trusted proxies. */
  readonly address: string;
}

/** One answer for every cause: unknown address, wrong password, disabled account. */
export type PasswordRefused =
  | { readonly outcome: "invalid" }
  | {
      readonly outcome: "throttled";
      readonly retryAfterSeconds: number;
      /** What is full: a count of failures, or the line of those who wait from one address. For operators. */
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
 * Fewer than the free failures of every bucket (`login-limits.ts`): an attempt counts as failed while it is being
 * checked, and of right passwords sent at once none must be refused for the others' sake.
 */
const CHECKS_AT_A_TIME = 4;
const MAXIMUM_WAITING = 100;
/** Retry-After of an attempt that finds too many waiting. */
const CROWDED_RETRY_SECONDS = 2;
/** How long an attempt waits for others that are still being checked, elsewhere too, to turn out right. */
const LONGEST_WAIT_FOR_OTHERS_MILLISECONDS = 5_000;

/**
 * PasswordAuthenticator checks passwords: for a login, and again for a user who is logged in. It does the same work in
 * the same order whether the account is unknown, the password wrong or the account disabled.
 *
 * A login is these steps, in this order, so that nothing is paid for what cannot be checked, and a revocation in between is
 * seen: `auth.login` of the library begins the login before it calls the check.
 *
 *     await authenticator.askForRoom(email, deviceToken);
 *     const claimant = await authenticator.lookUp(email);
 *     await auth.login(request, claimant.userId, async () => {
 *       const check = await authenticator.checkLogin(claimant, { password, address, deviceToken });
 *       return check.outcome === "verified";
 *     });
 *
 * A login that a revocation overtook repeats `checkLogin` alone, which reads the account and its hash anew. `lookUp` is not
 * repeated: the login stays that of the account which it found, and the revocation that it would finish has just been done.
 *
 * Attempts from one address by unknown devices, or with one device or session, are checked a few at a time. They wait
 * for each other and for no other attempts.
 *
 * All methods reject with `accounts_unavailable` or `overloaded`: answer 503. An attempt that was not checked for such
 * a fault is not counted.
 */
export class PasswordAuthenticator {
  readonly #parts: PasswordAuthenticatorParts;
  readonly #turns = new KeyedBoundedWork({ concurrency: CHECKS_AT_A_TIME, maximumWaiting: MAXIMUM_WAITING });

  constructor(parts: PasswordAuthenticatorParts) {
    this.#parts = parts;
  }

  /**
   * Refuses a login for which there is no place in the queue, before anything is written, hashed or, for a stranger,
   * read. A device is known by its row: its token has 256 random bits, and an index look-up tells whether it is genuine.
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
   * Finds the account that a login is for. Also finishes a pending revocation of that account, because the login comes
   * after it.
   */
  async lookUp(email: string): Promise<Claimant> {
    const { accounts, changes } = this.#parts;
    const normalised = normaliseEmail(email);
    const account = normalised === null ? null : await accounts.findByEmail(normalised);
    const userId = account?.id ?? newAccountId();
    await changes.finishPendingOf(userId);
    return { userId, email: normalised, isKnown: account !== null };
  }

  /** Checks the password of a login. The account is read here, after the login was begun. */
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
      // A device on which too many guesses failed gets a new token: a thief's copy of the old one is worth nothing then.
      deviceTokenDue: checked.asStranger || (device?.renewalDue ?? true),
    };
  }

  /**
   * Checks the password of a live session's owner again, to confirm who they are or to change it. Failures count
   * against that session alone until it has to wait, and as an unknown device's from then on: a stolen session locks no
   * user out.
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
    // Before the attempt is counted: what is not checked must cost no write.
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
    // In the place that it holds, so that what waits is bounded.
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
      // When this fails too, the attempt stays counted. The first fault is the one to report.
      await throttle.giveBack(attempt).catch(() => undefined);
      throw fault;
    }
    if (credential === null || !matches || credential.account.disabled) {
      overall.failed();
      await throttle.fail(attempt);
      return { outcome: "invalid" };
    }

    // The next login takes this place at once: only spare capacity goes into a stronger hash.
    place.leave();
    await throttle.succeed(attempt);
    const passwordHash = await this.#strengthen(credential, given.password);
    const proof = new PasswordProof(credential.account, passwordHash);
    return { outcome: "verified", proof, asStranger: attempt.asStranger };
  }

  /**
   * When strangers are shut out of the account, the network says whether this one may be its owner: NIST SP 800-63B-4, 3.2.2
   * names addresses from which the account has signed in before. Asked only then, and for unknown accounts alike.
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

  /** An attempt that finds a count full of undecided ones waits for them, here and at other nodes, but not for long. */
  async #reserve(subject: LoginSubject): Promise<ReserveResult> {
    const deadline = performance.now() + LONGEST_WAIT_FOR_OTHERS_MILLISECONDS;
    for (;;) {
      const reserved = await this.#parts.throttle.reserve(subject);
      if (reserved.allowed || !reserved.isUndecided || performance.now() >= deadline) return reserved;
      // Random, so that those who wait for the same one do not ask together.
      await delay(20 + Math.random() * 60);
    }
  }

  /** Stores the password under today's parameters. With no capacity to spare, the next login will do. */
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
