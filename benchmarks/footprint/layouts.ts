import { randomBytes, randomUUID } from "node:crypto";
import type { Device } from "coatcheck/store";
import type { Redis } from "ioredis";

const DAY_SECONDS = 86_400;
const BATCH = 5_000;

/** Keeps so many sessions, one per user, as some library does. Each knows the same: user, times, how, and the device. */
export type Layout = (client: Redis, count: number, device: (index: number) => Device) => Promise<void>;

/**
 * connect-redis 9 under express-session: a key per session with JSON, the cookie's settings included. There is no index
 * by user: sessions can be neither listed nor revoked all at once.
 */
export const connectRedis: Layout = (client, count, device) =>
  inBatches(client, count, (pipeline, index) => {
    const now = Date.now();
    const cookie = {
      originalMaxAge: DAY_SECONDS * 1_000,
      expires: new Date(now + DAY_SECONDS * 1_000).toISOString(),
      secure: true,
      httpOnly: true,
      path: "/",
      sameSite: "lax",
    };
    const facts = { userId: randomUUID(), createdAt: now, lastSeenAt: now, methods: ["pwd"], device: device(index) };
    const id = randomBytes(24).toString("base64url");
    pipeline.set(`sess:${id}`, JSON.stringify({ cookie, ...facts }), "EX", DAY_SECONDS);
  });

/**
 * better-auth's secondary storage: a key per session with JSON under the token itself, and one per user with the list of
 * tokens. Its copy of the user beside each session is left out, for the others keep none.
 */
export const betterAuth: Layout = (client, count, device) =>
  inBatches(client, count, (pipeline, index) => {
    const now = new Date();
    const expiresAt = new Date(now.getTime() + DAY_SECONDS * 1_000);
    const { userAgent, ip, label } = device(index);
    const [token, userId] = [randomBytes(24).toString("base64url"), randomUUID()];
    const session = {
      expiresAt,
      token,
      createdAt: now,
      updatedAt: now,
      ipAddress: ip,
      userAgent,
      userId,
      id: randomBytes(24).toString("base64url"),
      label,
      methods: ["pwd"],
    };
    pipeline.set(token, JSON.stringify({ session }), "EX", DAY_SECONDS);
    const list = [{ token, expiresAt: expiresAt.getTime() }];
    pipeline.set(`active-sessions-${userId}`, JSON.stringify(list), "EX", DAY_SECONDS);
  });

async function inBatches(
  client: Redis,
  count: number,
  add: (pipeline: ReturnType<Redis["pipeline"]>, index: number) => void,
): Promise<void> {
  for (let index = 0; index < count; ) {
    const pipeline = client.pipeline();
    for (const end = Math.min(count, index + BATCH); index < end; index += 1) add(pipeline, index);
    await pipeline.exec();
  }
}
