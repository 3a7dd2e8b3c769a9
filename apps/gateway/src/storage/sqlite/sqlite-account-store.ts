import { randomBytes } from "node:crypto";
import type { Clock } from "coatcheck";
import type { Awaitable } from "coatcheck/adapter";
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
import type { AccountDatabase } from "./account-database.ts";
import { OwnerCopies } from "./owner-copies.ts";

interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password_hash: string;
  /** A JSON array. */
  readonly roles: string;
  readonly disabled: number;
  readonly created_at: number;
  readonly password_changed_at: number;
}

interface PendingRow {
  readonly id: string;
  readonly user_id: string;
  readonly reason: CredentialChangeReason;
  readonly created_at: number;
}

interface OwnerRow extends AccountRow {
  readonly pending_id: string | null;
  readonly pending_reason: CredentialChangeReason | null;
  readonly pending_created_at: number | null;
}

const DEFAULT_PAGE = 100;

/** SqliteAccountStore keeps accounts in an `AccountDatabase`. */
export class SqliteAccountStore implements AccountStore {
  readonly #database: AccountDatabase;
  readonly #clock: Clock;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #owners = new OwnerCopies();

  constructor(database: AccountDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#statements = prepareStatements(database);
  }

  findById(userId: string): Promise<Account | null> {
    return this.#database.read(() => accountOf(this.#statements.findById.get(userId)));
  }

  findByEmail(email: EmailAddress): Promise<Account | null> {
    return this.#database.read(() => accountOf(this.#statements.findByEmail.get(email)));
  }

  findCredential(userId: string): Promise<AccountCredential | null> {
    return this.#database.read(() => {
      const row = this.#statements.findById.get(userId);
      const account = accountOf(row);
      return row === undefined || account === null ? null : { account, passwordHash: row.password_hash };
    });
  }

  findSessionOwner(userId: string): Awaitable<SessionOwner | null> {
    return this.#database.readAtOnce(() => {
      const copy = this.#owners.get(userId, this.#database.revision());
      if (copy !== undefined) return copy;
      const row = this.#statements.findOwner.get(userId);
      if (row === undefined) return null;
      const owner = toOwner(row);
      this.#owners.keep(userId, owner);
      return owner;
    });
  }

  add(account: NewAccount): Promise<AddAccountResult> {
    const id = newAccountId();
    const { email, name, passwordHash } = account;
    return this.#database.write(() => {
      const now = this.#clock.now();
      const added = this.#statements.add.run({ id, email, name, passwordHash, now }).changes === 1;
      if (!added) return { outcome: "email_taken" };
      const createdAt = now;
      return {
        outcome: "added",
        account: { id, email, name, roles: [], disabled: false, createdAt, passwordChangedAt: createdAt },
      };
    });
  }

  list(options: { readonly after?: EmailAddress; readonly limit?: number } = {}): Promise<readonly Account[]> {
    const { after = "", limit = DEFAULT_PAGE } = options;
    return this.#database.read(() => this.#statements.list.all(after, limit).map(toAccount));
  }

  replaceHash(userId: string, expectedHash: string, newHash: string): Promise<boolean> {
    return this.#database.write(() => this.#statements.replaceHash.run(newHash, userId, expectedHash).changes === 1);
  }

  changePassword(userId: string, expectedHash: string | null, newHash: string): Promise<PendingRevocation | null> {
    return this.#database.write(() => {
      const now = this.#clock.now();
      const changed = this.#statements.changePassword.run({ userId, expectedHash, newHash, now }).changes === 1;
      return changed ? this.#writePending(userId, "credentials_changed", now) : null;
    });
  }

  disable(userId: string): Promise<PendingRevocation | null> {
    return this.#database.write(() => {
      const found = this.#statements.setDisabled.run(1, userId).changes === 1;
      return found ? this.#writePending(userId, "user_disabled", this.#clock.now()) : null;
    });
  }

  enable(userId: string): Promise<boolean> {
    return this.#database.write(() => this.#statements.setDisabled.run(0, userId).changes === 1);
  }

  describe(userId: string, { name, roles }: AccountDescription): Promise<Account | null> {
    const description = { userId, name: name ?? null, roles: roles === undefined ? null : JSON.stringify(roles) };
    return this.#database.write(() => accountOf(this.#statements.describe.get(description)));
  }

  findPendingRevocation(userId: string): Promise<PendingRevocation | null> {
    return this.#database.read(() => pendingOf(this.#statements.findPending.get(userId)));
  }

  listPendingRevocations(query: PendingRevocationQuery): Promise<readonly PendingRevocation[]> {
    const { limit, minimumAgeSeconds } = query;
    return this.#database.read(() => {
      const now = this.#clock.now();
      return this.#statements.listPending.all(now - minimumAgeSeconds * 1_000, now, limit).map(toPending);
    });
  }

  async completePendingRevocation(pending: PendingRevocation): Promise<void> {
    await this.#database.write(() => this.#statements.completePending.run(pending.userId, pending.id));
  }

  #writePending(userId: string, reason: CredentialChangeReason, now: number): PendingRevocation {
    const id = randomBytes(16).toString("base64url");
    this.#statements.writePending.run(userId, id, reason, now);
    return { id, userId, reason, createdAt: now };
  }
}

function prepareStatements(database: AccountDatabase) {
  return {
    findById: database.prepare<[string], AccountRow>("SELECT * FROM accounts WHERE id = ?"),
    findByEmail: database.prepare<[string], AccountRow>("SELECT * FROM accounts WHERE email = ?"),
    findOwner: database.prepare<[string], OwnerRow>(
      `SELECT accounts.*, pending.id AS pending_id, pending.reason AS pending_reason,
         pending.created_at AS pending_created_at
       FROM accounts LEFT JOIN pending_revocations AS pending ON pending.user_id = accounts.id WHERE accounts.id = ?`,
    ),
    list: database.prepare<[string, number], AccountRow>(
      "SELECT * FROM accounts WHERE email > ? ORDER BY email LIMIT ?",
    ),
    add: database.prepare<[{ id: string; email: string; name: string; passwordHash: string; now: number }], unknown>(
      `INSERT INTO accounts (id, email, name, password_hash, disabled, created_at, password_changed_at)
       VALUES ($id, $email, $name, $passwordHash, 0, $now, $now) ON CONFLICT (email) DO NOTHING`,
    ),
    replaceHash: database.prepare<[string, string, string], unknown>(
      "UPDATE accounts SET password_hash = ? WHERE id = ? AND password_hash = ?",
    ),
    changePassword: database.prepare<
      [{ userId: string; expectedHash: string | null; newHash: string; now: number }],
      unknown
    >(
      `UPDATE accounts SET password_hash = $newHash, password_changed_at = $now WHERE id = $userId
       AND ($expectedHash IS NULL OR (password_hash = $expectedHash AND disabled = 0))`,
    ),
    describe: database.prepare<[{ userId: string; name: string | null; roles: string | null }], AccountRow>(
      `UPDATE accounts SET name = coalesce($name, name), roles = coalesce($roles, roles) WHERE id = $userId
       RETURNING *`,
    ),
    setDisabled: database.prepare<[number, string], unknown>("UPDATE accounts SET disabled = ? WHERE id = ?"),
    findPending: database.prepare<[string], PendingRow>("SELECT * FROM pending_revocations WHERE user_id = ?"),
    listPending: database.prepare<[number, number, number], PendingRow>(
      "SELECT * FROM pending_revocations WHERE created_at <= ? OR created_at > ? ORDER BY created_at LIMIT ?",
    ),
    writePending: database.prepare<[string, string, string, number], unknown>(
      "INSERT OR REPLACE INTO pending_revocations (user_id, id, reason, created_at) VALUES (?, ?, ?, ?)",
    ),
    completePending: database.prepare<[string, string], unknown>(
      "DELETE FROM pending_revocations WHERE user_id = ? AND id = ?",
    ),
  };
}

function accountOf(row: AccountRow | undefined): Account | null {
  return row === undefined ? null : toAccount(row);
}

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    // Only normalised addresses are ever stored.
    email: row.email as EmailAddress,
    name: row.name,
    roles: JSON.parse(row.roles),
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    passwordChangedAt: row.password_changed_at,
  };
}

function toOwner(row: OwnerRow): SessionOwner {
  const { id: userId, pending_id: id, pending_reason: reason, pending_created_at: createdAt } = row;
  const isPending = id !== null && reason !== null && createdAt !== null;
  return { account: toAccount(row), pendingRevocation: isPending ? { id, userId, reason, createdAt } : null };
}

function pendingOf(row: PendingRow | undefined): PendingRevocation | null {
  return row === undefined ? null : toPending(row);
}

function toPending(row: PendingRow): PendingRevocation {
  return { id: row.id, userId: row.user_id, reason: row.reason, createdAt: row.created_at };
}
