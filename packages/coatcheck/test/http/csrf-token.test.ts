import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { isCsrfTokenValid, issueCsrfToken } from "../../src/http/csrf-token.ts";

const key = randomBytes(32).toString("base64url");

test("a token is valid under its key, and never the same twice", () => {
  const tokens = Array.from({ length: 100 }, () => issueCsrfToken(key));
  expect(new Set(tokens).size).toBe(100);
  expect(tokens.every((token) => isCsrfTokenValid(key, token))).toBe(true);
});

test("a token of another session is worth nothing", () => {
  expect(isCsrfTokenValid(key, issueCsrfToken(randomBytes(32).toString("base64url")))).toBe(false);
});

test("a changed token is refused, whichever byte is changed", () => {
  const bytes = Buffer.from(issueCsrfToken(key), "base64url");
  for (let index = 0; index < bytes.length; index++) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(isCsrfTokenValid(key, changed.toString("base64url"))).toBe(false);
  }
});

test.each([
  ["empty", ""],
  ["short", "abc"],
  ["long", "A".repeat(87)],
  ["not base64url", "=".repeat(86)],
  ["the key", key],
])("%s is refused", (_name, token) => {
  expect(isCsrfTokenValid(key, token)).toBe(false);
});

test.each([[["A".repeat(86)]], [null], [5], [{}]])("what a form may send besides text is refused: %j", (token) => {
  expect(isCsrfTokenValid(key, token as never)).toBe(false);
});
