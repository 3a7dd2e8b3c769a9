import type { Session } from "coatcheck";
import type { Account } from "./account.ts";
import type { AccountStore, SessionOwner } from "./account-store.ts";

/**
 * The account that a session belongs to, or null if the session must not pass: the account is gone or disabled, or its
 * credential changed and its sessions still have to end. Call this on every request: that makes a ban or a new password
 * take effect at once, even while the session store is down.
 */
export async function findSessionOwner(
  accounts: Pick<AccountStore, "findSessionOwner">,
  session: Pick<Session, "userId">,
): Promise<Account | null> {
  const owner = await accounts.findSessionOwner(session.userId);
  return owner !== null && mayPass(owner) ? owner.account : null;
}

/**
 * While a revocation is pending, no session of the user passes, whenever it was created. This refuses no session in
 * error: a login finishes the pending revocation first, and a session whose login was checked before the change may be
 * written after it.
 */
export function mayPass({ account, pendingRevocation }: SessionOwner): boolean {
  return !account.disabled && pendingRevocation === null;
}
