import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { KeyEncryption, StaticPublicKeys } from "coatcheck/keys";
import { describe, expect, test } from "vitest";
import { KeyRing, type KeyRingParts, keyTimes } from "../../src/passes/key-ring.ts";
import { openTestAccounts, temporaryFolder } from "../accounts/support/test-accounts.ts";

async function setUp(options: Partial<KeyRingParts> = {}) {
  const { access, clock } = await openTestAccounts(join(temporaryFolder(), "accounts.sqlite"));
  const parts: KeyRingParts = {
    store: access,
    purpose: "passes",
    algorithm: "ES256",
    encryption: null,
    clock,
    ...options,
  };
  const ring = new KeyRing(parts);
  return { access, clock, parts, ring, another: () => new KeyRing(parts) };
}

const kidsOf = async (ring: KeyRing) =>
  (await ring.publicKeys()).keys.map((key) => (key as { readonly kid: string }).kid);

describe("a ring of keys", () => {
  test("makes its first key, which signs at once; a second node finds it", async () => {
    const { ring, another, clock } = await setUp();
    await Promise.all([ring.prepare(), another().prepare(), another().prepare()]);
    const { kid, publicJwk } = await ring.current();
    expect((await another().current()).kid).toBe(kid);
    expect(await ring.publicKeys()).toEqual({ keys: [publicJwk] });
    expect(await ring.list()).toEqual([
      {
        kid,
        algorithm: "ES256",
        state: "signing",
        isEncrypted: false,
        publishedAt: clock.now(),
        signsFrom: clock.now(),
        retirableFrom: null,
      },
    ]);
  });

  test("publishes a new key, waits, signs with it, and retires the old one, in that order alone", async () => {
    const { ring, clock } = await setUp();
    await ring.prepare();
    const { kid: old } = await ring.current();
    const rotation = await ring.rotate();
    const next = rotation.outcome === "rotate" ? rotation.kid : undefined;
    expect((await kidsOf(ring)).sort()).toEqual([old, next].sort());
    expect((await ring.current()).kid).toBe(old);
    expect(await ring.rotate()).toMatchObject({ outcome: "refused", waitingKid: next });
    expect(await ring.retire(old)).toMatchObject({ outcome: "refused", state: "signing" });
    expect(await ring.retire(next ?? "")).toMatchObject({ outcome: "refused", state: "waiting" });

    clock.advanceSeconds(keyTimes.publicationSeconds);
    expect((await ring.current()).kid).toBe(next);
    expect(await ring.retire(old)).toMatchObject({ outcome: "refused", state: "superseded" });
    expect(await ring.retireDue()).toEqual([]);

    clock.advanceSeconds(keyTimes.retentionSeconds);
    expect(await ring.retireDue()).toEqual([old]);
    expect(await kidsOf(ring)).toEqual([next]);
    expect(await ring.retire(old)).toEqual({ outcome: "unknown" });
  });

  test("of two who rotate at once, one does, and the other is told", async () => {
    const { ring, another } = await setUp();
    await ring.prepare();
    const outcomes = await Promise.all([ring.rotate(), another().rotate(), another().rotate()]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["refused", "refused", "rotate"]);
    expect(await kidsOf(another())).toHaveLength(2);
  });

  test("a compromised key is gone at once, and a new one signs", async () => {
    const { ring } = await setUp();
    await ring.prepare();
    const { kid } = await ring.current();
    const result = await ring.retireCompromised(kid);
    const successor = result.outcome === "retired" ? result.successor : null;
    expect(successor).not.toBeNull();
    expect((await ring.current()).kid).toBe(successor);
    expect(await kidsOf(ring)).toEqual([successor]);
  });

  test("one that only waits, when it is compromised, has no successor", async () => {
    const { ring } = await setUp();
    await ring.prepare();
    const { kid } = await ring.current();
    const rotation = await ring.rotate();
    const waiting = rotation.outcome === "rotate" ? (rotation.kid ?? "") : "";
    expect(await ring.retireCompromised(waiting)).toEqual({ outcome: "retired", successor: null });
    expect((await ring.current()).kid).toBe(kid);
    expect(await ring.retireCompromised("none")).toEqual({ outcome: "unknown" });
  });

  test("is what a verifier can read", async () => {
    const { ring } = await setUp({ algorithm: "EdDSA" });
    await ring.prepare();
    const keys = await StaticPublicKeys.from(await ring.publicKeys());
    expect(await keys.find((await ring.current()).kid)).toMatchObject({ algorithm: "EdDSA" });
  });
});

describe("private keys", () => {
  test("are encrypted where a secret is given, and need it from then on", async () => {
    const encryption = new KeyEncryption(randomBytes(32).toString("base64url"));
    const { ring, access, parts } = await setUp({ encryption });
    await ring.prepare();
    const [stored] = await access.listKeys("passes");
    expect(stored?.isEncrypted).toBe(true);
    expect(stored?.privateKey).not.toContain('"d"');
    expect(await new KeyRing(parts).current()).toMatchObject({ kid: stored?.kid });
    const without = new KeyRing({ ...parts, encryption: null });
    await expect(without.prepare()).rejects.toMatchObject({ code: "keys_unusable" });
    const other = new KeyEncryption(randomBytes(32).toString("base64url"));
    await expect(new KeyRing({ ...parts, encryption: other }).prepare()).rejects.toMatchObject({
      code: "invalid_key_set",
    });
  });

  test("that were stored before a secret was given stay readable", async () => {
    const { ring, parts } = await setUp();
    await ring.prepare();
    const encryption = new KeyEncryption(randomBytes(32).toString("base64url"));
    const { kid } = await ring.current();
    expect((await new KeyRing({ ...parts, encryption }).current()).kid).toBe(kid);
  });
});
