import { describe, expect, test } from "vitest";
import { normaliseEmail } from "../../src/accounts/email-address.ts";

describe("an email address has one spelling", () => {
  test.each([
    { typed: "ada@example.com", stored: "ada@example.com" },
    { typed: "  Ada@Example.COM\n", stored: "ada@example.com" },
    // U+212A KELVIN SIGN and U+0130 are letters that fold into others.
    { typed: "\u212Aelvin@example.com", stored: "kelvin@example.com" },
    { typed: "e\u0301mile@example.com", stored: "\u00E9mile@example.com" },
    { typed: "\u00C9MILE@example.com", stored: "\u00E9mile@example.com" },
    { typed: "ada@b\u00FCcher.example", stored: "ada@xn--bcher-kva.example" },
    { typed: "ada@xn--bcher-kva.example", stored: "ada@xn--bcher-kva.example" },
    { typed: "ada+news@example.com", stored: "ada+news@example.com" },
    { typed: "o'hara_1@localhost", stored: "o'hara_1@localhost" },
  ])("$typed is stored as $stored", ({ typed, stored }) => {
    expect(normaliseEmail(typed)).toBe(stored);
    expect(normaliseEmail(stored)).toBe(stored);
  });

  test.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@@example.com",
    "a b@example.com",
    "ada@exam ple.com",
    "ada@example..com",
    ".ada@example.com",
    "ada.@example.com",
    "a..da@example.com",
    "ada@-example.com",
    "ada@example.com/path",
    "ada@example.com?query",
    "ada@example.com#part",
    "ada@ex%61mple.com",
    "ada@exam\tple.com",
    "ada@example\u3002com",
    "ada@example.com:25",
    "ada@127.0.0.1",
    "ada@2130706433",
    "ada@[::1]",
    '"ada lovelace"@example.com',
    "ada\u0000@example.com",
    "ada\u200B@example.com",
    "ada\uD800@example.com",
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com,eve@example.com",
    `${"a".repeat(65)}@example.com`,
    `ada@${"a".repeat(64)}.com`,
    `ada@${"abcdefgh.".repeat(40)}com`,
  ])("%j is no address", (typed) => {
    expect(normaliseEmail(typed)).toBeNull();
  });

  test("a very long text is no address, and is not even looked at", () => {
    expect(normaliseEmail(`${"a".repeat(10_000_000)}@example.com`)).toBeNull();
  });
});
