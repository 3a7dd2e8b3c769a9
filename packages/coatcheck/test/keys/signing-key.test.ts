import { randomBytes } from "node:crypto";
import { exportSigningKey, generateSigningKey, importSigningKey, KeyEncryption, signToken } from "coatcheck/keys";
import { describe, expect, test } from "vitest";
import { publicKeysOf } from "../passes/support/pass-parts.ts";

describe.each(["ES256", "EdDSA", "RS256"] as const)("a key for %s", (algorithm) => {
  test("comes back from its export as the same key", async () => {
    const key = await generateSigningKey(algorithm);
    const back = await importSigningKey(await exportSigningKey(key));
    expect(back.publicJwk).toEqual(key.publicJwk);
    expect(back.kid).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await signToken(back, "JWT", {})).split(".")).toHaveLength(3);
  });

  test("publishes nothing private", async () => {
    const { publicJwk, kid } = await generateSigningKey(algorithm);
    for (const member of ["d", "p", "q", "dp", "dq", "qi"]) expect(publicJwk).not.toHaveProperty(member);
    expect(await (await publicKeysOf(await generateSigningKey(algorithm))).find(kid)).toBeNull();
  });
});

test("no kid begins like an option of a command line", async () => {
  const kids = await Promise.all(Array.from({ length: 600 }, async () => (await generateSigningKey("ES256")).kid));
  expect(kids.filter((kid) => kid.startsWith("-"))).toEqual([]);
});

test.each(["", "null", "{}", '{"alg":"ES256"}', '{"alg":"HS256","kty":"oct","k":"AAAA"}'])(
  "what is no private key is refused: %s",
  async (text) => {
    await expect(importSigningKey(text)).rejects.toMatchObject({ code: "invalid_key_set" });
  },
);

test("a public key is no private one", async () => {
  const { publicJwk } = await generateSigningKey("ES256");
  await expect(importSigningKey(JSON.stringify(publicJwk))).rejects.toMatchObject({ code: "invalid_key_set" });
});

describe("encryption of private keys", () => {
  const secret = randomBytes(32).toString("base64url");

  test("hides them, and gives them back", async () => {
    const encryption = new KeyEncryption(secret);
    const hidden = await encryption.encrypt("one", "the private key");
    expect(Buffer.from(hidden.split(".")[3] ?? "", "base64url").toString()).not.toContain("private");
    expect(await encryption.decrypt("one", hidden)).toBe("the private key");
    expect(await encryption.encrypt("one", "the private key")).not.toBe(hidden);
  });

  test("gives nothing to another secret, for another key, or from a text that was changed", async () => {
    const encryption = new KeyEncryption(secret);
    const hidden = await encryption.encrypt("one", "the private key");
    const other = new KeyEncryption(randomBytes(32).toString("base64url"));
    const refused = { code: "invalid_key_set" };
    await expect(other.decrypt("one", hidden)).rejects.toMatchObject(refused);
    await expect(encryption.decrypt("two", hidden)).rejects.toMatchObject(refused);
    await expect(encryption.decrypt("one", `${hidden.slice(0, -2)}AA`)).rejects.toMatchObject(refused);
    await expect(encryption.decrypt("one", "the private key")).rejects.toMatchObject(refused);
  });

  test.each(["", "short", "a".repeat(42), `${"a".repeat(42)}=`, "ä".repeat(43), "a".repeat(44)])(
    "%j is no secret",
    (text) => {
      expect(() => new KeyEncryption(text)).toThrow(expect.objectContaining({ code: "invalid_configuration" }));
    },
  );
});
