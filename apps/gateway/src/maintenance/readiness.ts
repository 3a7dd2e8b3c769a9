import type { SessionManager } from "coatcheck";
import type { OpenAccounts } from "../storage/accounts/open-accounts.ts";

/** A result is kept so long, however many clients ask: the check writes, and may wait for the disk. */
const HELD_MILLISECONDS = 1_000;

/**
 * Returns a check that resolves while people can log in and out: accounts can be read, accounts and sessions accept
 * writes, and the clock is right. A store that can only read, or whose disk is full, is not ready. The stores are asked
 * at most once a second, because anyone may ask the gateway.
 */
export function readinessOf(database: OpenAccounts, sessions: SessionManager): () => Promise<void> {
  let latest: Promise<void> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (latest === null || now - startedAt >= HELD_MILLISECONDS) {
      startedAt = now;
      latest = check(database, sessions);
    }
    return latest;
  };
}

/** Also reads: a database may accept writes although its accounts cannot be read. */
async function check(database: OpenAccounts, sessions: SessionManager): Promise<void> {
  await Promise.all([database.accounts.list({ limit: 1 }), database.checkWritable(), sessions.checkReadiness()]);
}
