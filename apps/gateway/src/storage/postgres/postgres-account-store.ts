import { randomBytes } from "node:crypto";
import type { Clock, Timestamp } from "coatcheck";
import { type Account, type AccountCredential, newAccountId } from "../../accounts/account.ts";
import type {
  AccountDescription,
  AccountStore,
  AddAccountResult,
  CredentialChangeReason,
  NewAccount,
  PendingRevocation,
  PendingRevocationQuery,
  SessionOwner,
} from "../../accounts/account-store.ts";
import type { EmailAddress } from "../../accounts/email-address.ts";
import type { AccountPool } from "./account-pool.ts";
import {
  type AccountRow,
  accountOf,
  type OwnerRow,
  ownerOf,
  type PendingRow,
  pendingOf,
  toAccount,
  toPending,
} from "./account-rows.ts";
import type { Transaction } from "./transaction.ts";

const DEFAULT_PAGE = 100;

/** PostgresAccountStore keeps accounts in an `AccountPool`. A change first locks the account's row. */
export class PostgresAccountStore implements AccountStore {
  readonly #pool: AccountPool;
  readonly #clock: Clock;

  constructor(pool: AccountPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  async findById(userId: string): Promise<Account | null> {
    return accountOf(await this.#pool.query<AccountRow>("SELECT * FROM coatcheck_accounts WHERE id = $1", [userId]));
  }

  async findByEmail(email: EmailAddress): Promise<Account | null> {
    return accountOf(await this.#pool.query<AccountRow>("SELECT * FROM coatcheck_accounts WHERE email = $1", [email]));
  }

  async findCredential(userId: string): Promise<AccountCredential | null> {
    const [row] = await this.#pool.query<AccountRow>("SELECT * FROM coatcheck_accounts WHERE id = $1", [userId]);
    return row === undefined ? null : { account: toAccount(row), passwordHash: row.password_hash };
  }

  async findSessionOwner(userId: string): Promise<SessionOwner | null> {
    const rows = await this.#pool.query<OwnerRow>(
      `SELECT accounts.*, pending.id AS pending_id, pending.reason AS pending_reason,
         pending.created_at AS pending_created_at
       FROM coatcheck_accounts AS accounts
         LEFT JOIN coatcheck_pending_revocations AS pending ON pending.user_id = accounts.id
       WHERE accounts.id = $1`,
      [userId],
    );
    return ownerOf(rows);
  }

  async add({ email, name, passwordHash }: NewAccount): Promise<AddAccountResult> {
    return this.#pool.write(async (transaction) => {
      const rows = await transaction.query<AccountRow>(
        `INSERT INTO coatcheck_accounts (id, email, name, password_hash, disabled, created_at, password_changed_at)
         VALUES ($1, $2, $3, $4, false, $5, $5) ON CONFLICT (email) DO NOTHING RETURNING *`,
        [newAccountId(), email, name, passwordHash, this.#clock.now()],
      );
      const account = accountOf(rows);
      return account === null ? { outcome: "email_taken" } : { outcome: "added", account };
    });
  }

  async list(options: { readonly after?: EmailAddress; readonly limit?: number } = {}): Promise<readonly Account[]> {
    const { after = "", limit = DEFAULT_PAGE } = options;
    const rows = await this.#pool.query<AccountRow>(
      "SELECT * FROM coatcheck_accounts WHERE email > $1 ORDER BY email LIMIT $2",
      [after, limit],
    );
    return rows.map(toAccount);
  }

  replaceHash(userId: string, expectedHash: string, newHash: string): Promise<boolean> {
    return this.#pool.write(async (transaction) => {
      const replaced = await transaction.count(
        "UPDATE coatcheck_accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING 1",
        [userId, expectedHash, newHash],
      );
      return replaced === 1;
    });
  }

  changePassword(userId: string, expectedHash: string | null, newHash: string): Promise<PendingRevocation | null> {
    return this.#pool.write(async (transaction) => {
      const now = this.#clock.now();
      // If another change holds the row, the conditions apply to the row as that change leaves it.
      const changed = await transaction.count(
        `UPDATE coatcheck_accounts SET password_hash = $3, password_changed_at = $4 WHERE id = $1
         AND ($2::text IS NULL OR (password_hash = $2 AND NOT disabled)) RETURNING 1`,
        [userId, expectedHash, newHash, now],
      );
      return changed === 1 ? writePending(transaction, userId, "credentials_changed", now) : null;
    });
  }

  disable(userId: string): Promise<PendingRevocation | null> {
    return this.#pool.write(async (transaction) => {
      const found = await setDisabled(transaction, userId, true);
      return found ? writePending(transaction, userId, "user_disabled", this.#clock.now()) : null;
    });
  }

  enable(userId: string): Promise<boolean> {
    return this.#pool.write((transaction) => setDisabled(transaction, userId, false));
  }

  async describe(userId: string, { name, roles }: AccountDescription): Promise<Account | null> {
    const rows = await this.#pool.query<AccountRow>(
      `UPDATE coatcheck_accounts SET name = coalesce($2, name), roles = coalesce($3, roles) WHERE id = $1
       RETURNING *`,
      [userId, name ?? null, roles ?? null],
    );
    return accountOf(rows);
  }

  async findPendingRevocation(userId: string): Promise<PendingRevocation | null> {
    const sql = "SELECT * FROM coatcheck_pending_revocations WHERE user_id = $1";
    return pendingOf(await this.#pool.query<PendingRow>(sql, [userId]));
  }

  async listPendingRevocations(query: PendingRevocationQuery): Promise<readonly PendingRevocation[]> {
    const { limit, minimumAgeSeconds } = query;
    const now = this.#clock.now();
    const rows = await this.#pool.query<PendingRow>(
      "SELECT * FROM coatcheck_pending_revocations WHERE created_at <= $1 OR created_at > $2 ORDER BY created_at LIMIT $3",
      [now - minimumAgeSeconds * 1_000, now, limit],
    );
    return rows.map(toPending);
  }

  async completePendingRevocation({ userId, id }: PendingRevocation): Promise<void> {
    const sql = "DELETE FROM coatcheck_pending_revocations WHERE user_id = $1 AND id = $2";
    await this.#pool.write((transaction) => transaction.query(sql, [userId, id]));
  }
}

async function setDisabled(transaction: Transaction, userId: string, disabled: boolean): Promise<boolean> {
  const sql = "UPDATE coatcheck_accounts SET disabled = $2 WHERE id = $1 RETURNING 1";
  return (await transaction.count(sql, [userId, disabled])) === 1;
}

async function writePending(
  transaction: Transaction,
  userId: string,
  reason: CredentialChangeReason,
  now: Timestamp,
): Promise<PendingRevocation> {
  const id = randomBytes(16).toString("base64url");
  await transaction.query(
    `INSERT INTO coatcheck_pending_revocations (user_id, id, reason, created_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (user_id) DO UPDATE SET id = excluded.id, reason = excluded.reason, created_at = excluded.created_at`,
    [userId, id, reason, now],
  );
  return { id, userId, reason, createdAt: now };
}
