import { expect, test } from "vitest";
import { digestOf, digestsMatch } from "../../src/core/session-token.ts";

test("a digest is the SHA-256 of the text, as base64url without padding", () => {
  // FIPS 180-4: the examples for the empty message and for "abc".
  expect(digestOf("")).toBe("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
  expect(digestOf("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
});

test("digests match when they are equal, and only then", () => {
  const digest = digestOf("abc");
  expect(digestsMatch(digest, digestOf("abc"))).toBe(true);
  expect(digestsMatch(digest, digestOf("abd"))).toBe(false);
  for (let index = 0; index < digest.length; index++) {
    const changed = digest.slice(0, index) + (digest[index] === "A" ? "B" : "A") + digest.slice(index + 1);
    expect(digestsMatch(digest, changed)).toBe(false);
  }
});

test("digests of other lengths do not match, and do not throw", () => {
  const digest = digestOf("abc");
  for (const other of ["", digest.slice(1), `${digest}A`]) expect(digestsMatch(digest, other)).toBe(false);
});
