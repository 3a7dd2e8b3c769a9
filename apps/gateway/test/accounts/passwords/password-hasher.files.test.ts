import { setTimeout as delay } from "node:timers/promises";
import * as argon2 from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { type Argon2, defaultArgon2Cost, PasswordHasher } from "../../../src/accounts/passwords/password-hasher.ts";
import { cheapCost, goodPassword, otherPassword } from "../support/test-accounts.ts";

/** Counts the hashes under way, each of which takes until the next timers run. */
function countingArgon2() {
  const counts = { underWay: 0, most: 0, total: 0 };
  async function work<Result>(result: Result): Promise<Result> {
    counts.total++;
    counts.most = Math.max(counts.most, ++counts.underWay);
    await delay(1);
    counts.underWay--;
    return result;
  }
  const counting: Argon2 = { hash: () => work("$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA"), verify: () => work(true) };
  return { counting, counts };
}

test("a hash is argon2id with 19 MiB, two passes and a salt of 16 bytes, as a PHC string", async () => {
  const hasher = await PasswordHasher.create();
  const hash = await hasher.hash(goodPassword);
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(argon2.parseOptions(hash)).toMatchObject({ saltLen: 16, outputLen: 32 });
  expect(await hasher.verify(goodPassword, hash)).toBe(true);
  expect(await hasher.verify(otherPassword, hash)).toBe(false);
});

describe("a password is verified exactly as it was received, but for NFC", () => {
  test.each([
    { given: goodPassword.toUpperCase(), matches: false, why: "case counts" },
    { given: ` ${goodPassword}`, matches: false, why: "spaces count" },
    { given: `${goodPassword} `, matches: false, why: "spaces count" },
    { given: `${goodPassword}\u0000`, matches: false, why: "nothing ends a password early" },
    { given: goodPassword.slice(0, -1), matches: false, why: "every character counts" },
    { given: goodPassword, matches: true, why: "it is the password" },
  ])("$why: $matches", async ({ given, matches }) => {
    const hasher = await PasswordHasher.create({ cost: cheapCost });
    expect(await hasher.verify(given, await hasher.hash(goodPassword))).toBe(matches);
  });

  test("both spellings of an accent are one password", async () => {
    const hasher = await PasswordHasher.create({ cost: cheapCost });
    const hash = await hasher.hash("caf\u00E9 au lait chaud");
    expect(await hasher.verify("cafe\u0301 au lait chaud", hash)).toBe(true);
    expect(await hasher.verify("cafe au lait chaud", hash)).toBe(false);
  });

  test("all of 1,024 bytes count", async () => {
    const hasher = await PasswordHasher.create({ cost: cheapCost });
    const longest = "0123456789abcdef".repeat(64);
    const hash = await hasher.hash(longest);
    expect(await hasher.verify(longest, hash)).toBe(true);
    expect(await hasher.verify(`${longest.slice(0, -1)}x`, hash)).toBe(false);
  });
});

describe("the same work is done whether there is an account or not", () => {
  test.each([
    { what: "an unknown account", password: goodPassword, known: false },
    { what: "a wrong password", password: otherPassword, known: true },
    { what: "a password that is too long", password: "x".repeat(1_000_000), known: true },
    { what: "a password that is not Unicode", password: `\uD800${goodPassword}`, known: true },
  ])("$what costs one verification with today's parameters, and is refused", async ({ password, known }) => {
    const verified: { hash: string; bytes: number }[] = [];
    const watching: Argon2 = {
      hash: argon2.hash,
      verify(hash, text) {
        verified.push({ hash, bytes: Buffer.byteLength(text) });
        return argon2.verify(hash, text);
      },
    };
    const hasher = await PasswordHasher.create({ argon2: watching });
    expect(await hasher.verify(password, known ? await hasher.hash(goodPassword) : null)).toBe(false);
    expect(verified).toHaveLength(1);
    expect(verified[0]?.hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(verified[0]?.bytes).toBeLessThanOrEqual(1_024);
  });
});

describe("a rehash is needed when a hash costs less than one made today", () => {
  const today = defaultArgon2Cost;
  test.each([
    { cost: today, needed: false, why: "the same cost" },
    { cost: { ...today, memoryCost: 9_216 }, needed: true, why: "less memory" },
    { cost: { ...today, timeCost: 1 }, needed: true, why: "fewer passes" },
    { cost: { ...today, memoryCost: 20_000, timeCost: 3 }, needed: false, why: "more of both: it is not weakened" },
  ])("$why: $needed", async ({ cost, needed }) => {
    const hasher = await PasswordHasher.create();
    expect(hasher.needsRehash(await argon2.hash(goodPassword, cost))).toBe(needed);
  });

  test("another algorithm: true", async () => {
    const hasher = await PasswordHasher.create({ cost: cheapCost });
    const ARGON2I = 1;
    expect(hasher.needsRehash(await argon2.hash(goodPassword, { algorithm: ARGON2I }))).toBe(true);
  });
});

describe("however many logins arrive at once", () => {
  test("only so many hashes are under way, and a caller without a place to wait is told at once", async () => {
    const { counting, counts } = countingArgon2();
    const hasher = await PasswordHasher.create({ argon2: counting, concurrency: 3, maximumWaiting: 100 });
    counts.total = 0;
    const results = await Promise.allSettled(Array.from({ length: 500 }, () => hasher.verify(goodPassword, null)));
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    // Two thirds of the places to wait, for the last third is kept for the other line.
    expect(counts).toEqual({ underWay: 0, most: 3, total: 70 });
    expect(refused).toHaveLength(430);
    expect(refused[0]).toMatchObject({ code: "overloaded" });
    // Apart, or they all come back together.
    const retries = new Set(refused.map(({ retryAfterSeconds }) => retryAfterSeconds));
    expect([...retries].sort()).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  test("places are given back, after failures too", async () => {
    const failing: Argon2 = {
      hash: argon2.hash,
      verify: async () => {
        throw new Error("out of memory");
      },
    };
    const hasher = await PasswordHasher.create({ argon2: failing, cost: cheapCost, concurrency: 1, maximumWaiting: 0 });
    for (let login = 0; login < 3; login++) {
      await expect(hasher.verify(goodPassword, null)).rejects.toThrow("out of memory");
    }
  });

  test("the default keeps memory bounded and the event loop free while 500 real hashes are asked for", async () => {
    const hasher = await PasswordHasher.create();
    const before = process.memoryUsage.rss();
    let mostMemory = before;
    let turns = 0;
    let isDone = false;
    const watching = (async () => {
      while (!isDone) {
        turns++;
        mostMemory = Math.max(mostMemory, process.memoryUsage.rss());
        await delay(1);
      }
    })();
    const results = await Promise.allSettled(Array.from({ length: 500 }, () => hasher.verify(otherPassword, null)));
    isDone = true;
    await watching;
    const checked = results.filter(({ status }) => status === "fulfilled").length;
    expect(checked).toBeGreaterThan(60);
    expect(checked).toBeLessThan(110);
    // 500 at once would take 9.5 GB; three take 58 MB.
    expect(mostMemory - before).toBeLessThan(200 * 1024 * 1024);
    expect(turns).toBeGreaterThan(50);
  });
});
