import type { Account } from "../../accounts/account.ts";
import type { CredentialChangeReason, PendingRevocation, SessionOwner } from "../../accounts/account-store.ts";
import type { EmailAddress } from "../../accounts/email-address.ts";

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password_hash: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly created_at: number;
  readonly password_changed_at: number;
}

export interface PendingRow {
  readonly id: string;
  readonly user_id: string;
  readonly reason: CredentialChangeReason;
  readonly created_at: number;
}

export interface OwnerRow extends AccountRow {
  readonly pending_id: string | null;
  readonly pending_reason: CredentialChangeReason | null;
  readonly pending_created_at: number | null;
}

export function accountOf([row]: readonly AccountRow[]): Account | null {
  return row === undefined ? null : toAccount(row);
}

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    // Only normalised addresses are ever stored.
    email: row.email as EmailAddress,
    name: row.name,
    roles: row.roles,
    disabled: row.disabled,
    createdAt: row.created_at,
    passwordChangedAt: row.password_changed_at,
  };
}

export function pendingOf([row]: readonly PendingRow[]): PendingRevocation | null {
  return row === undefined ? null : toPending(row);
}

export function toPending(row: PendingRow): PendingRevocation {
  return { id: row.id, userId: row.user_id, reason: row.reason, createdAt: row.created_at };
}

export function ownerOf([row]: readonly OwnerRow[]): SessionOwner | null {
  if (row === undefined) return null;
  const { id: userId, pending_id: id, pending_reason: reason, pending_created_at: createdAt } = row;
  const isPending = id !== null && reason !== null && createdAt !== null;
  return { account: toAccount(row), pendingRevocation: isPending ? { id, userId, reason, createdAt } : null };
}
