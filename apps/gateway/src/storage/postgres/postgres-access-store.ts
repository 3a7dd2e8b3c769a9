import type { Clock, Timestamp } from "coatcheck";
import type { RevocationFacts } from "coatcheck/passes";
import type { AccessStore, KeyPurpose, StoredKey } from "../../passes/access-store.ts";
import type { AccountPool } from "./account-pool.ts";

interface KeyRow {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly private_key: string;
  readonly is_encrypted: boolean;
  readonly public_jwk: string;
  readonly published_at: number;
  readonly signs_from: number;
}

const KEYS_OF_PURPOSE = "SELECT * FROM coatcheck_signing_keys WHERE purpose = $1";

/** PostgresAccessStore keeps keys and revocations of passes in an `AccountPool`. */
export class PostgresAccessStore implements AccessStore {
  readonly #pool: AccountPool;
  readonly #clock: Clock;

  constructor(pool: AccountPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  async listKeys(purpose: KeyPurpose): Promise<readonly StoredKey[]> {
    return (await this.#pool.query<KeyRow>(KEYS_OF_PURPOSE, [purpose])).map(storedKey);
  }

  addKey(key: StoredKey, expectedKids: readonly string[]): Promise<boolean> {
    return this.#pool.write(async (transaction) => {
      // Rows that do not exist cannot be locked, so a process that adds a key locks the table.
      await transaction.query("LOCK TABLE coatcheck_signing_keys IN SHARE ROW EXCLUSIVE MODE");
      const rows = await transaction.query<KeyRow>(KEYS_OF_PURPOSE, [key.purpose]);
      if (rows.length !== expectedKids.length || !rows.every(({ kid }) => expectedKids.includes(kid))) return false;
      const { kid, purpose, privateKey, isEncrypted, publicJwk, publishedAt, signsFrom } = key;
      await transaction.query(
        `INSERT INTO coatcheck_signing_keys
           (kid, purpose, private_key, is_encrypted, public_jwk, published_at, signs_from)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [kid, purpose, privateKey, isEncrypted, publicJwk, publishedAt, signsFrom],
      );
      return true;
    });
  }

  async removeKey(kid: string): Promise<boolean> {
    const removed = await this.#pool.query("DELETE FROM coatcheck_signing_keys WHERE kid = $1 RETURNING kid", [kid]);
    return removed.length > 0;
  }

  async notePasses(sessionDigest: string, expiresAt: Timestamp): Promise<void> {
    await this.#pool.query(
      `INSERT INTO coatcheck_pass_sessions AS kept (session_digest, expires_at) VALUES ($1, $2)
       ON CONFLICT (session_digest) DO UPDATE SET expires_at = greatest(kept.expires_at, excluded.expires_at)`,
      [sessionDigest, expiresAt],
    );
  }

  async noteEnding(sessionDigests: readonly string[], expiresAt: Timestamp): Promise<void> {
    if (sessionDigests.length === 0) return;
    // In order, so that two calls with sessions in common do not deadlock. The statement that adds sessions also writes
    // the sequence's row: a list that shows the sequence shows the sessions too.
    await this.#pool.query(
      `WITH added AS (
         INSERT INTO coatcheck_ended_sessions (session_digest, expires_at)
         SELECT digest, $2 FROM unnest($1::text[]) AS digest ORDER BY digest
         ON CONFLICT DO NOTHING RETURNING 1)
       UPDATE coatcheck_pass_revocations SET sequence = sequence + 1 WHERE EXISTS (SELECT FROM added)`,
      [sessionDigests, expiresAt],
    );
  }

  async voidPassesBefore(time: Timestamp): Promise<void> {
    await this.#pool.query(
      "UPDATE coatcheck_pass_revocations SET sequence = sequence + 1, issued_before = greatest(issued_before, $1)",
      [time],
    );
  }

  async readRevocations(): Promise<RevocationFacts> {
    // One statement sees one state of the database.
    const [row] = await this.#pool.query<{ sequence: number; issued_before: number; sessions: readonly string[] }>(
      `SELECT sequence, issued_before, ARRAY(
         SELECT ended.session_digest
         FROM coatcheck_ended_sessions AS ended JOIN coatcheck_pass_sessions AS pass USING (session_digest)
         WHERE pass.expires_at > $1) AS sessions
       FROM coatcheck_pass_revocations`,
      [this.#clock.now()],
    );
    return { sequence: row?.sequence ?? 0, issuedBefore: row?.issued_before ?? 0, sessions: row?.sessions ?? [] };
  }

  async removeExpired(limit: number): Promise<number> {
    const now = this.#clock.now();
    const counts = [];
    for (const table of ["coatcheck_pass_sessions", "coatcheck_ended_sessions"]) {
      const removed = await this.#pool.query(
        // Skips rows that another call has locked at this moment, so no call waits.
        `WITH expired AS MATERIALIZED (
           SELECT session_digest FROM ${table} WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM ${table} AS old USING expired WHERE old.session_digest = expired.session_digest RETURNING 1`,
        [now, limit],
      );
      counts.push(removed.length);
    }
    return Math.max(...counts);
  }
}

function storedKey(row: KeyRow): StoredKey {
  return {
    kid: row.kid,
    purpose: row.purpose,
    privateKey: row.private_key,
    isEncrypted: row.is_encrypted,
    publicJwk: row.public_jwk,
    publishedAt: row.published_at,
    signsFrom: row.signs_from,
  };
}
