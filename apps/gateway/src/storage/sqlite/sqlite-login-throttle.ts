import type { Clock, Timestamp } from "coatcheck";
import type { EmailAddress } from "../../accounts/email-address.ts";
import {
  decideLogin,
  type LoginDecision,
  withOneDecided,
  withoutAttempt,
} from "../../accounts/throttling/login-decision.ts";
import { accountBucket, forgivenAt, loginLimits } from "../../accounts/throttling/login-limits.ts";
import type {
  Bucket,
  BucketKind,
  CountedBucket,
  FailureCount,
  LoginReservation,
  LoginSubject,
  LoginThrottle,
  ReserveResult,
} from "../../accounts/throttling/login-throttle.ts";
import type { AccountDatabase } from "./account-database.ts";

/** The number of counts kept of each kind. A row is about 300 bytes, its indexes included. */
const DEFAULT_MAXIMUM_ROWS_PER_KIND = 50_000;

const KINDS = Object.keys(loginLimits) as readonly BucketKind[];

/** SqliteLoginThrottle counts failed logins in an `AccountDatabase`, in one transaction per attempt. */
export class SqliteLoginThrottle implements LoginThrottle {
  readonly #database: AccountDatabase;
  readonly #clock: Clock;
  readonly #maximumRowsPerKind: number;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: AccountDatabase, clock: Clock, maximumRowsPerKind: number = DEFAULT_MAXIMUM_ROWS_PER_KIND) {
    this.#database = database;
    this.#clock = clock;
    this.#maximumRowsPerKind = maximumRowsPerKind;
    this.#statements = prepareStatements(database);
  }

  async reserve(subject: LoginSubject): Promise<ReserveResult> {
    // Most attempts of a flood are refused. A refusal takes no write lock, so a flood does not slow down other logins.
    const foreseen = await this.#database.read(() => this.#decide(subject));
    if (!foreseen.allowed) return foreseen;
    return this.#database.writeWithoutFlush(() => {
      const decision = this.#decide(subject);
      if (!decision.allowed) return decision;
      const { counted, asStranger } = decision;
      for (const bucket of counted) this.#write(bucket, bucket.after);
      return { allowed: true, attempt: { email: subject.email, buckets: counted, asStranger } };
    });
  }

  async succeed({ email, buckets }: LoginReservation): Promise<void> {
    await this.#database.writeWithoutFlush(() => {
      for (const bucket of buckets) {
        if (bucket.kind === "address") this.#uncount(bucket);
        else this.#statements.remove.run(bucket.kind, bucket.key);
      }
      if (email !== null) this.#statements.remove.run("account", accountBucket(email).key);
    });
  }

  async fail({ buckets }: LoginReservation): Promise<void> {
    await this.#database.writeWithoutFlush(() => {
      for (const bucket of buckets) {
        const count = this.#read(bucket);
        if (count !== null) this.#write(bucket, withOneDecided(count));
      }
    });
  }

  async giveBack({ buckets }: LoginReservation): Promise<void> {
    await this.#database.writeWithoutFlush(() => {
      for (const bucket of buckets) this.#uncount(bucket);
    });
  }

  async reset(email: EmailAddress): Promise<void> {
    const { key } = accountBucket(email);
    await this.#database.writeWithoutFlush(() => {
      this.#statements.remove.run("account", key);
      // The key of each account and address begins with the account's key and "."; "/" is the character after ".".
      this.#statements.removeRange.run("account_from_address", `${key}.`, `${key}/`);
    });
  }

  async removeForgiven(limit: number): Promise<number> {
    const forgiven = () => this.#statements.removeForgiven.run(this.#clock.now(), limit).changes;
    let removed = await this.#database.writeWithoutFlush(forgiven);
    for (const kind of KINDS) {
      // A transaction for each step, so that requests get their turn in between.
      const lightest = () => this.#removeLightest(kind, limit - removed);
      if (removed < limit) removed += await this.#database.writeWithoutFlush(lightest);
    }
    return removed;
  }

  #decide(subject: LoginSubject): LoginDecision {
    return decideLogin(subject, (bucket) => this.#read(bucket), this.#clock.now());
  }

  #read({ kind, key }: Bucket): FailureCount | null {
    return this.#statements.find.get(kind, key) ?? null;
  }

  #uncount(bucket: CountedBucket): void {
    const left = withoutAttempt(bucket, this.#read(bucket));
    if (left === null) this.#statements.remove.run(bucket.kind, bucket.key);
    else this.#write(bucket, left);
  }

  #write({ kind, key }: Bucket, count: FailureCount): void {
    this.#statements.write.run(
      kind,
      key,
      count.failures,
      count.undecided,
      count.lastFailureAt,
      forgivenAt(kind, count),
    );
  }

  #removeLightest(kind: BucketKind, limit: number): number {
    const excess = (this.#statements.countRows.get(kind) ?? 0) - this.#maximumRowsPerKind;
    return excess <= 0 ? 0 : this.#statements.removeLightest.run(kind, Math.min(excess, limit)).changes;
  }
}

function prepareStatements(database: AccountDatabase) {
  return {
    find: database.prepare<[BucketKind, string], FailureCount>(
      'SELECT failures, undecided, last_failure_at AS "lastFailureAt" FROM login_failures WHERE kind = ? AND key = ?',
    ),
    write: database.prepare<[BucketKind, string, number, number, Timestamp, Timestamp | null], unknown>(
      `INSERT OR REPLACE INTO login_failures (kind, key, failures, undecided, last_failure_at, forgiven_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ),
    remove: database.prepare<[BucketKind, string], unknown>("DELETE FROM login_failures WHERE kind = ? AND key = ?"),
    removeRange: database.prepare<[BucketKind, string, string], unknown>(
      "DELETE FROM login_failures WHERE kind = ? AND key >= ? AND key < ?",
    ),
    removeForgiven: database.prepare<[Timestamp, number], unknown>(
      `DELETE FROM login_failures WHERE (kind, key) IN (
         SELECT kind, key FROM login_failures WHERE forgiven_at <= ? LIMIT ?)`,
    ),
    countRows: database.prepare<[BucketKind], number>("SELECT count(*) FROM login_failures WHERE kind = ?").pluck(),
    // Counts with the fewest failures go first, so that a guesser cannot push an account's count out by filling the
    // table with others.
    removeLightest: database.prepare<[BucketKind, number], unknown>(
      `DELETE FROM login_failures WHERE (kind, key) IN (
         SELECT kind, key FROM login_failures WHERE kind = ? ORDER BY failures, last_failure_at LIMIT ?)`,
    ),
  };
}
