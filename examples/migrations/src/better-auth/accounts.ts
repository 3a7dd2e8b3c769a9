import type { Database, Statement } from "better-sqlite3";
import type { User } from "../shared/users.ts";
import { isOwnHash, type Passwords } from "./passwords.ts";

/** The users and their passwords, in the tables that better-auth made: what it would find there is what it left. */
export class Accounts {
  readonly #passwords: Passwords;
  readonly #decoy: Promise<string>;
  readonly #find: Statement<[string], User>;
  readonly #findByEmail: Statement<[string], User>;
  readonly #hashOf: Statement<[string], string | null>;
  readonly #replaceHash: Statement<[string, string, string]>;

  constructor(database: Database, passwords: Passwords) {
    this.#passwords = passwords;
    this.#decoy = passwords.hash("nobody's password");
    this.#find = database.prepare('SELECT id, email FROM "user" WHERE id = ?');
    this.#findByEmail = database.prepare('SELECT id, email FROM "user" WHERE email = ?');
    const credential = "WHERE userId = ? AND providerId = 'credential'";
    this.#hashOf = database.prepare<[string], string | null>(`SELECT password FROM account ${credential}`).pluck();
    this.#replaceHash = database.prepare(`UPDATE account SET password = ? ${credential} AND password = ?`);
  }

  find(id: string): User | undefined {
    return this.#find.get(id);
  }

  findByEmail(email: unknown): User | undefined {
    return this.#findByEmail.get(String(email).toLowerCase());
  }

  /** The hash that the password was found right by, or null. An unknown user takes as long as a known one. */
  async check(user: User | undefined, password: unknown): Promise<string | null> {
    const hash = (user && this.#hashOf.get(user.id)) ?? null;
    const text = typeof password === "string" ? password : "";
    const matches = await this.#passwords.verify({ hash: hash ?? (await this.#decoy), password: text });
    return matches ? hash : null;
  }

  /** False if it is not the one that was checked any more: a slower request must not undo what a faster one did. */
  async replacePassword(user: User, checkedHash: string, password: string): Promise<boolean> {
    const hash = await this.#passwords.hash(password);
    return this.#replaceHash.run(hash, user.id, checkedHash).changes === 1;
  }

  /** Turns a hash of better-auth's into one of argon2id, while the password is at hand. */
  async renewHash(user: User, checkedHash: string, password: string): Promise<void> {
    if (!isOwnHash(checkedHash)) await this.replacePassword(user, checkedHash, password);
  }
}
