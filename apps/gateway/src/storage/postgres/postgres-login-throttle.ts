import type { Clock } from "coatcheck";
import type { EmailAddress } from "../../accounts/email-address.ts";
import { decideLogin, withOneDecided, withoutAttempt } from "../../accounts/throttling/login-decision.ts";
import { accountBucket, loginLimits, strangerBuckets, trustedBucket } from "../../accounts/throttling/login-limits.ts";
import type {
  BucketKind,
  LoginReservation,
  LoginSubject,
  LoginThrottle,
  ReserveResult,
} from "../../accounts/throttling/login-throttle.ts";
import type { AccountPool } from "./account-pool.ts";
import { lockCounts, type NewCount, readCounts, storeCounts } from "./login-failures.ts";
import { removeForgiven, removeLightest } from "./remove-login-failures.ts";

/** The number of counts kept of each kind. A row is about 400 bytes, its indexes included. */
const DEFAULT_MAXIMUM_ROWS_PER_KIND = 50_000;

const KINDS = Object.keys(loginLimits) as readonly BucketKind[];

/** PostgresLoginThrottle counts failed logins in an `AccountPool`, in one transaction per attempt. */
export class PostgresLoginThrottle implements LoginThrottle {
  readonly #pool: AccountPool;
  readonly #clock: Clock;
  readonly #maximumRowsPerKind: number;

  constructor(pool: AccountPool, clock: Clock, maximumRowsPerKind: number = DEFAULT_MAXIMUM_ROWS_PER_KIND) {
    this.#pool = pool;
    this.#clock = clock;
    this.#maximumRowsPerKind = maximumRowsPerKind;
  }

  async reserve(subject: LoginSubject): Promise<ReserveResult> {
    const trusted = trustedBucket(subject);
    const buckets = [...(trusted === null ? [] : [trusted]), ...strangerBuckets(subject)];
    // Most attempts of a flood are refused. A refusal takes no lock, so a flood does not slow down other logins.
    const foreseen = decideLogin(subject, await readCounts(this.#pool, buckets), this.#clock.now());
    if (!foreseen.allowed) return foreseen;
    return this.#pool.write(async (transaction) => {
      await lockCounts(transaction, buckets);
      const decision = decideLogin(subject, await readCounts(transaction, buckets), this.#clock.now());
      if (!decision.allowed) return decision;
      const { counted, asStranger } = decision;
      const counts = counted.map((bucket): NewCount => [bucket, bucket.after]);
      await storeCounts(transaction, counts);
      return { allowed: true, attempt: { email: subject.email, buckets: counted, asStranger } };
    });
  }

  async succeed({ email, buckets }: LoginReservation): Promise<void> {
    const account = email === null ? [] : [accountBucket(email)];
    await this.#pool.write(async (transaction) => {
      await lockCounts(transaction, [...buckets, ...account]);
      const countOf = await readCounts(transaction, buckets);
      const left = buckets.map((bucket): NewCount => {
        return [bucket, bucket.kind === "address" ? withoutAttempt(bucket, countOf(bucket)) : null];
      });
      await storeCounts(transaction, [...left, ...account.map((bucket): NewCount => [bucket, null])]);
    });
  }

  async fail({ buckets }: LoginReservation): Promise<void> {
    await this.#pool.write(async (transaction) => {
      await lockCounts(transaction, buckets);
      const countOf = await readCounts(transaction, buckets);
      const left = buckets.flatMap((bucket): NewCount[] => {
        const count = countOf(bucket);
        return count === null ? [] : [[bucket, withOneDecided(count)]];
      });
      await storeCounts(transaction, left);
    });
  }

  async giveBack({ buckets }: LoginReservation): Promise<void> {
    await this.#pool.write(async (transaction) => {
      await lockCounts(transaction, buckets);
      const countOf = await readCounts(transaction, buckets);
      const left = buckets.map((bucket): NewCount => [bucket, withoutAttempt(bucket, countOf(bucket))]);
      await storeCounts(transaction, left);
    });
  }

  async reset(email: EmailAddress): Promise<void> {
    const account = accountBucket(email);
    await this.#pool.write(async (transaction) => {
      // An attempt by a stranger counts in the account too, unless it comes from a network in which the account is
      // signed in: the account's lock covers all other counts of the account.
      await lockCounts(transaction, [account]);
      // The key of each account and address begins with the account's key and "."; "/" is the character after ".".
      await transaction.query(
        `DELETE FROM coatcheck_login_failures WHERE (kind = 'account' AND key = $1)
         OR (kind = 'account_from_address' AND key >= $1 || '.' AND key < $1 || '/')`,
        [account.key],
      );
    });
  }

  async removeForgiven(limit: number): Promise<number> {
    let removed = await this.#pool.write((transaction) => removeForgiven(transaction, this.#clock.now(), limit));
    for (const kind of KINDS) {
      const lightest = { kind, kept: this.#maximumRowsPerKind, limit: limit - removed };
      if (removed < limit) removed += await this.#pool.write((transaction) => removeLightest(transaction, lightest));
    }
    return removed;
  }
}
