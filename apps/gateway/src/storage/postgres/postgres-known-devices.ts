import type { Clock } from "coatcheck";
import { deviceDigest, deviceExpiry, deviceOf } from "../../accounts/throttling/device-record.ts";
import {
  isDeviceToken,
  type KnownDevice,
  type KnownDevices,
  MAXIMUM_KNOWN_DEVICES,
  mintDeviceToken,
} from "../../accounts/throttling/known-devices.ts";
import type { AccountPool } from "./account-pool.ts";
import type { Transaction } from "./transaction.ts";

/** PostgresKnownDevices keeps the digests of device tokens in an `AccountPool`. */
export class PostgresKnownDevices implements KnownDevices {
  readonly #pool: AccountPool;
  readonly #clock: Clock;

  constructor(pool: AccountPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  async issue(userId: string, replaced: string | null = null): Promise<string> {
    const token = mintDeviceToken();
    await this.#pool.write(async (transaction) => {
      await lockDevices(transaction, userId);
      if (isDeviceToken(replaced)) {
        await transaction.query("DELETE FROM coatcheck_known_devices WHERE token_digest = $1 AND user_id = $2", [
          deviceDigest(replaced),
          userId,
        ]);
      }
      const now = this.#clock.now();
      await transaction.query(
        "INSERT INTO coatcheck_known_devices (token_digest, user_id, issued_at, expires_at) VALUES ($1, $2, $3, $4)",
        [deviceDigest(token), userId, now, deviceExpiry(now)],
      );
      await transaction.query(
        `DELETE FROM coatcheck_known_devices WHERE token_digest IN (
           SELECT token_digest FROM coatcheck_known_devices WHERE user_id = $1 ORDER BY issued_at DESC OFFSET $2)`,
        [userId, MAXIMUM_KNOWN_DEVICES],
      );
    });
    return token;
  }

  async recognise(userId: string, token: string | null): Promise<KnownDevice | null> {
    if (!isDeviceToken(token)) return null;
    const id = deviceDigest(token);
    // By digest: the time of an index look-up of a hash reveals nothing about the token.
    const [row] = await this.#pool.query<{ readonly expires_at: number }>(
      "SELECT expires_at FROM coatcheck_known_devices WHERE token_digest = $1 AND user_id = $2",
      [id, userId],
    );
    return row === undefined ? null : deviceOf(id, row.expires_at, this.#clock.now());
  }

  async forgetAll(userId: string): Promise<void> {
    await this.#pool.write(async (transaction) => {
      await lockDevices(transaction, userId);
      await transaction.query("DELETE FROM coatcheck_known_devices WHERE user_id = $1", [userId]);
    });
  }

  removeExpired(limit: number): Promise<number> {
    return this.#pool.write((transaction) =>
      // Skips rows that another call has locked at this moment, so no call waits.
      transaction.count(
        `WITH expired AS MATERIALIZED (
           SELECT token_digest FROM coatcheck_known_devices WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED)
         DELETE FROM coatcheck_known_devices AS device USING expired
         WHERE device.token_digest = expired.token_digest RETURNING 1`,
        [this.#clock.now(), limit],
      ),
    );
  }
}

/**
 * Allows one change of a user's devices at a time, by a lock on the account. Without it, neither change sees what the
 * other is about to commit: two that issue would keep one device too many, and one that forgets all would miss one.
 */
async function lockDevices(transaction: Transaction, userId: string): Promise<void> {
  await transaction.query("SELECT 1 FROM coatcheck_accounts WHERE id = $1 FOR NO KEY UPDATE", [userId]);
}
