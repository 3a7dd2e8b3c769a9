import type { Clock, Timestamp } from "coatcheck";
import type { RevocationFacts } from "coatcheck/passes";
import type { AccessStore, KeyPurpose, StoredKey } from "../../passes/access-store.ts";
import type { AccountDatabase } from "./account-database.ts";

interface KeyRow {
  readonly kid: string;
  readonly purpose: KeyPurpose;
  readonly private_key: string;
  readonly is_encrypted: number;
  readonly public_jwk: string;
  readonly published_at: number;
  readonly signs_from: number;
}

interface RevocationsRow {
  readonly sequence: number;
  readonly issued_before: number;
  /** JSON. */
  readonly sessions: string;
}

/** SqliteAccessStore keeps keys and revocations of passes in an `AccountDatabase`. */
export class SqliteAccessStore implements AccessStore {
  readonly #database: AccountDatabase;
  readonly #clock: Clock;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: AccountDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#statements = prepareStatements(database);
  }

  listKeys(purpose: KeyPurpose): Promise<readonly StoredKey[]> {
    return this.#database.read(() => this.#statements.keys.all(purpose).map(storedKey));
  }

  addKey(key: StoredKey, expectedKids: readonly string[]): Promise<boolean> {
    return this.#database.write(() => {
      const kids = this.#statements.keys.all(key.purpose).map(({ kid }) => kid);
      if (kids.length !== expectedKids.length || !kids.every((kid) => expectedKids.includes(kid))) return false;
      const { kid, purpose, privateKey, isEncrypted, publicJwk, publishedAt, signsFrom } = key;
      this.#statements.addKey.run(kid, purpose, privateKey, Number(isEncrypted), publicJwk, publishedAt, signsFrom);
      return true;
    });
  }

  removeKey(kid: string): Promise<boolean> {
    return this.#database.write(() => this.#statements.removeKey.run(kid).changes > 0);
  }

  async notePasses(sessionDigest: string, expiresAt: Timestamp): Promise<void> {
    await this.#database.write(() => this.#statements.notePasses.run(sessionDigest, expiresAt));
  }

  async noteEnding(sessionDigests: readonly string[], expiresAt: Timestamp): Promise<void> {
    if (sessionDigests.length === 0) return;
    await this.#database.write(() => {
      let added = 0;
      for (const digest of sessionDigests) added += this.#statements.noteEnding.run(digest, expiresAt).changes;
      if (added > 0) this.#statements.advance.run();
    });
  }

  async voidPassesBefore(time: Timestamp): Promise<void> {
    await this.#database.write(() => this.#statements.voidBefore.run(time));
  }

  readRevocations(): Promise<RevocationFacts> {
    return this.#database.read(() => {
      const row = this.#statements.revocations.get(this.#clock.now());
      const sessions: readonly string[] = JSON.parse(row?.sessions ?? "[]");
      return { sequence: row?.sequence ?? 0, issuedBefore: row?.issued_before ?? 0, sessions };
    });
  }

  removeExpired(limit: number): Promise<number> {
    return this.#database.writeWithoutFlush(() => {
      const now = this.#clock.now();
      return Math.max(
        this.#statements.removeExpiredPasses.run(now, limit).changes,
        this.#statements.removeExpiredEndings.run(now, limit).changes,
      );
    });
  }
}

function storedKey(row: KeyRow): StoredKey {
  return {
    kid: row.kid,
    purpose: row.purpose,
    privateKey: row.private_key,
    isEncrypted: row.is_encrypted === 1,
    publicJwk: row.public_jwk,
    publishedAt: row.published_at,
    signsFrom: row.signs_from,
  };
}

function prepareStatements(database: AccountDatabase) {
  const removeExpired = (table: "pass_sessions" | "ended_sessions") =>
    database.prepare<[number, number], unknown>(
      `DELETE FROM ${table} WHERE session_digest IN (SELECT session_digest FROM ${table} WHERE expires_at <= ? LIMIT ?)`,
    );
  return {
    keys: database.prepare<[string], KeyRow>("SELECT * FROM signing_keys WHERE purpose = ?"),
    addKey: database.prepare<[string, string, string, number, string, number, number], unknown>(
      `INSERT INTO signing_keys (kid, purpose, private_key, is_encrypted, public_jwk, published_at, signs_from)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    removeKey: database.prepare<[string], unknown>("DELETE FROM signing_keys WHERE kid = ?"),
    notePasses: database.prepare<[string, number], unknown>(
      `INSERT INTO pass_sessions (session_digest, expires_at) VALUES (?, ?)
       ON CONFLICT (session_digest) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
    ),
    noteEnding: database.prepare<[string, number], unknown>(
      "INSERT INTO ended_sessions (session_digest, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
    ),
    advance: database.prepare<[], unknown>("UPDATE pass_revocations SET sequence = sequence + 1"),
    voidBefore: database.prepare<[number], unknown>(
      "UPDATE pass_revocations SET sequence = sequence + 1, issued_before = max(issued_before, ?)",
    ),
    // One statement sees one state of the database.
    revocations: database.prepare<[number], RevocationsRow>(
      `SELECT sequence, issued_before, (
         SELECT json_group_array(ended.session_digest)
         FROM ended_sessions AS ended JOIN pass_sessions AS pass USING (session_digest)
         WHERE pass.expires_at > ?) AS sessions
       FROM pass_revocations`,
    ),
    removeExpiredPasses: removeExpired("pass_sessions"),
    removeExpiredEndings: removeExpired("ended_sessions"),
  };
}
