import { GatewayError } from "../errors.ts";
import { type Account, type AccountCredential, newAccountId } from "./account.ts";
import type { AccountStore } from "./account-store.ts";
import type { CredentialChanges } from "./credential-changes.ts";
import { type EmailAddress, normaliseEmail } from "./email-address.ts";
import { KeyedBoundedWork } from "./keyed-bounded-work.ts";
import type { KnownDevices } from "./known-devices.ts";
import { networkOf } from "./login-limits.ts";
import type { LoginThrottle, TrustedOrigin } from "./login-throttle.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { PasswordProof } from "./password-proof.ts";

/** Whom a login is for, before anything was checked. For an unknown address the user id belongs to nobody. */
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
  | { readonly outcome: "throttled"; readonly retryAfterSeconds: number };

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
}

/**
 * Fewer than the free failures of every bucket (`login-limits.ts`): an attempt counts as failed while it is being
 * checked, and of right passwords sent at once none must be refused for the others' sake.
 */
const CHECKS_AT_A_TIME = 4;
const MAXIMUM_WAITING = 100;
/** Retry-After of an attempt that finds too many waiting. */
const CROWDED_RETRY_SECONDS = 2;

/**
 * PasswordAuthenticator checks passwords: for a login, and again of somebody who is logged in. It does the same work in
 * the same order whether the account is unknown, the password wrong or the account disabled.
 *
 * A login is three steps, in this order, so that a revocation in between is seen:
 *
 *     const claimant = await authenticator.lookUp(email);
 *     const attempt = await sessions.begin(claimant.userId);
 *     const check = await authenticator.checkLogin(claimant, { password, address, deviceToken });
 *     // verified: await sessions.login(attempt, …)
 *
 * Attempts of strangers from one address, or with one device or session, are checked a few at a time and wait for each
 * other, but not for anybody else's.
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

  /** Finds whom to begin a login for. Also finishes a revocation of theirs that is pending: the login comes after it. */
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
   * Checks the password once more of the owner of a live session: to confirm who they are, or to change it. Failures
   * count against that session, and only when it has to wait as a stranger's do: a stolen one locks nobody out.
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
    return checked ?? { outcome: "throttled", retryAfterSeconds: CROWDED_RETRY_SECONDS };
  }

  async #checkInTurn(
    claimant: Claimant,
    given: PasswordGiven,
    trusted: TrustedOrigin | null,
  ): Promise<Checked | PasswordRefused> {
    const { accounts, hasher, throttle } = this.#parts;
    const reserved = await throttle.reserve({ email: claimant.email, address: given.address, trusted });
    if (!reserved.allowed) return { outcome: "throttled", retryAfterSeconds: reserved.retryAfterSeconds };
    const { attempt } = reserved;

    let credential: AccountCredential | null;
    let matches: boolean;
    try {
      credential = await accounts.findCredential(claimant.userId);
      matches = await hasher.verify(given.password, credential?.passwordHash ?? null);
    } catch (fault) {
      // When this fails too, the attempt stays counted. The first fault is the one to report.
      await throttle.giveBack(attempt).catch(() => undefined);
      throw fault;
    }
    if (credential === null || !matches || credential.account.disabled) return { outcome: "invalid" };

    await throttle.succeed(attempt);
    const passwordHash = await this.#strengthen(credential, given.password);
    const proof = new PasswordProof(credential.account, passwordHash);
    return { outcome: "verified", proof, asStranger: attempt.asStranger };
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
