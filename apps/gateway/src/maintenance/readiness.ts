import type { SessionManager } from "coatcheck";
import type { OpenAccounts } from "../storage/accounts/open-accounts.ts";

/** However many ask: what is written may wait for the disk. */
const HELD_MILLISECONDS = 1_000;

/**
 * What resolves while people can log in and out: accounts can be read, accounts and sessions take writes, the clock is right. A store that
 * only reads, or whose disk is full, is not ready. Asked at most once a second, because anyone may ask us.
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

/** Reads besides: a database may take writes while the accounts in it cannot be read. */
async function check(database: OpenAccounts, sessions: SessionManager): Promise<void> {
  await Promise.all([database.accounts.list({ limit: 1 }), database.checkWritable(), sessions.checkReadiness()]);
}
