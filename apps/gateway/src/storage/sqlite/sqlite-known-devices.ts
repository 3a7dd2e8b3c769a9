import type { Clock } from "coatcheck";
import { deviceDigest, deviceExpiry, deviceOf } from "../../accounts/throttling/device-record.ts";
import {
  isDeviceToken,
  type KnownDevice,
  type KnownDevices,
  MAXIMUM_KNOWN_DEVICES,
  mintDeviceToken,
} from "../../accounts/throttling/known-devices.ts";
import type { AccountDatabase } from "./account-database.ts";

/** SqliteKnownDevices keeps the digests of device tokens in an `AccountDatabase`. */
export class SqliteKnownDevices implements KnownDevices {
  readonly #database: AccountDatabase;
  readonly #clock: Clock;
  readonly #statements: ReturnType<typeof prepareStatements>;

  constructor(database: AccountDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#statements = prepareStatements(database);
  }

  async issue(userId: string, replaced: string | null = null): Promise<string> {
    const token = mintDeviceToken();
    await this.#database.writeWithoutFlush(() => {
      const now = this.#clock.now();
      if (isDeviceToken(replaced)) this.#statements.forget.run(deviceDigest(replaced), userId);
      this.#statements.add.run(deviceDigest(token), userId, now, deviceExpiry(now));
      this.#statements.forgetOldest.run(userId, MAXIMUM_KNOWN_DEVICES);
    });
    return token;
  }

  async recognise(userId: string, token: string | null): Promise<KnownDevice | null> {
    if (!isDeviceToken(token)) return null;
    const id = deviceDigest(token);
    const expiresAt = await this.#database.read(() => this.#statements.find.get(id, userId)?.expires_at);
    return expiresAt === undefined ? null : deviceOf(id, expiresAt, this.#clock.now());
  }

  async forgetAll(userId: string): Promise<void> {
    await this.#database.write(() => this.#statements.forgetAll.run(userId));
  }

  removeExpired(limit: number): Promise<number> {
    return this.#database.writeWithoutFlush(() => this.#statements.removeExpired.run(this.#clock.now(), limit).changes);
  }
}

function prepareStatements(database: AccountDatabase) {
  return {
    // By digest: the time of an index look-up of a hash reveals nothing about the token.
    find: database.prepare<[string, string], { readonly expires_at: number }>(
      "SELECT expires_at FROM known_devices WHERE token_digest = ? AND user_id = ?",
    ),
    add: database.prepare<[string, string, number, number], unknown>(
      "INSERT INTO known_devices (token_digest, user_id, issued_at, expires_at) VALUES (?, ?, ?, ?)",
    ),
    forget: database.prepare<[string, string], unknown>(
      "DELETE FROM known_devices WHERE token_digest = ? AND user_id = ?",
    ),
    forgetOldest: database.prepare<[string, number], unknown>(
      `DELETE FROM known_devices WHERE token_digest IN (
         SELECT token_digest FROM known_devices WHERE user_id = ? ORDER BY issued_at DESC LIMIT -1 OFFSET ?)`,
    ),
    forgetAll: database.prepare<[string], unknown>("DELETE FROM known_devices WHERE user_id = ?"),
    removeExpired: database.prepare<[number, number], unknown>(
      `DELETE FROM known_devices WHERE token_digest IN (
         SELECT token_digest FROM known_devices WHERE expires_at <= ? LIMIT ?)`,
    ),
  };
}
