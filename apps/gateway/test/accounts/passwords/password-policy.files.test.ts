import { describe, expect, test } from "vitest";
import { COMMON_PASSWORD_COUNT, isCommonPassword } from "../../../src/accounts/passwords/common-passwords.ts";
import { checkNewPassword } from "../../../src/accounts/passwords/password-policy.ts";
import { emailOf } from "../support/test-accounts.ts";

const ada = { email: emailOf("ada.byron@example.com"), name: "Ada Lovelace" };

describe("a password that is accepted", () => {
  test.each([
    { password: "counting analytical engines", why: "three words that are not among the first tried" },
    { password: "nanoseconds by the yard", why: "a phrase" },
    { password: "my coatcheck ticket is in a drawer", why: "a known word among others does no harm" },
    { password: "a letter from lovelace street", why: "one's own name among others does no harm" },
    { password: "x7#Kq9!mZ2@vL5$", why: "15 characters from a password manager" },
    { password: "?/|[}-_{]:;,.'%", why: "15 characters from a password manager, none of them a letter" },
    { password: "837465910283746", why: "15 digits without a pattern: no rule of composition" },
    { password: "zhqwkvmbxnrtpsd", why: "15 letters without a pattern: no rule of composition" },
    { password: "тетя мотя пошла", why: "every script, counted in characters" },
    { password: "パスワードは長いほうが良いです", why: "15 characters, without spaces" },
    { password: "😀🎺🌵🚲🧦🍋🐙🪁🧊🥁🦜🪴🎲🧵🫖", why: "15 code points, each of four bytes" },
    {
      password: "correct horse battery staple, she said with a smile",
      why: "a famous phrase with enough of one's own",
    },
    { password: "k3j9x2mqk3j9x2mq", why: "a repeat of eight random characters" },
    { password: "jf8#kd0!".repeat(128), why: "1,024 bytes" },
  ])("$password: $why", ({ password }) => {
    expect(checkNewPassword(password, ada)).toEqual([]);
  });
});

describe("a password that is refused", () => {
  test.each([
    { password: "", reasons: ["too_short"] },
    { password: "x7#Kq9!mZ2@vL5", reasons: ["too_short"] },
    // 14 characters once each accent is one with its letter.
    { password: "caf\u0065\u0301 au lait c", reasons: ["too_short"] },
    { password: "😀🎺🌵🚲🧦🍋🐙", reasons: ["too_short"] },
    { password: `${"jf8#kd0!".repeat(128)}x`, reasons: ["too_long"] },
    { password: "é".repeat(513), reasons: ["too_long"] },
    { password: `${"jf8#kd0!".repeat(8)}\uDC00`, reasons: ["malformed"] },
    { password: "CardCaptorSakura", reasons: ["too_common"] },
    { password: "the girl with the dragon tattoo", reasons: ["too_common"] },
    { password: "1qaz2wsx3edc4rfv", reasons: ["too_common", "predictable"] },
    { password: "PASSWORDPASSWORD", reasons: ["too_common", "predictable"] },
    { password: "aaaaaaaaaaaaaaaa", reasons: ["too_common", "repetitive"] },
    { password: "                ", reasons: ["repetitive"] },
    { password: "abcabcabcabcabca", reasons: ["repetitive"] },
    { password: "lk9#2xclk9#2xclk9#2xc", reasons: ["repetitive"] },
    { password: "ababbabaabbabaab", reasons: ["repetitive"] },
    { password: "password1234567", reasons: ["predictable"] },
    { password: "P4$$w0rd-P4$$w0rd", reasons: ["predictable"] },
    { password: "Summer2024Winter2025!", reasons: ["predictable"] },
    { password: "iloveyouforever1999", reasons: ["predictable"] },
    { password: "qwertyuiop[]asdfghjkl;'", reasons: ["predictable"] },
    { password: "0987654321zyxwvut", reasons: ["predictable"] },
    { password: "aaaabbbbccccddddeeee", reasons: ["predictable"] },
    { password: "correct horse battery staple", reasons: ["predictable"] },
    { password: "dragon-monkey-princess-sunshine", reasons: ["predictable"] },
    { password: "coatcheck coatcheck", reasons: ["predictable"] },
    { password: "ada.byron@example.com", reasons: ["contains_identity"] },
    { password: "AdaLovelace2024!", reasons: ["contains_identity"] },
    { password: "lovelace-byron-ada-123", reasons: ["contains_identity"] },
    { password: "ADA.BYRON.1915.1952", reasons: ["contains_identity"] },
  ])("$password is $reasons", ({ password, reasons }) => {
    expect(checkNewPassword(password, ada)).toEqual(reasons);
  });

  test("the password that the account has now, in either spelling", () => {
    const [composed, decomposed] = ["caf\u00E9 with mountain goats", "cafe\u0301 with mountain goats"] as const;
    expect(checkNewPassword(decomposed, ada, composed)).toEqual(["unchanged"]);
    expect(checkNewPassword(composed, ada, "counting analytical engines")).toEqual([]);
  });

  test("another user's name is allowed", () => {
    expect(checkNewPassword("Trelawney-Okonkwo", { ...ada, name: "Trelawney Okonkwo" })).toEqual(["contains_identity"]);
    expect(checkNewPassword("Trelawney-Okonkwo", ada)).toEqual([]);
  });
});

test("the list has more than the 3,000 passwords of 15 characters and more that ASVS 6.2.4 asks for", () => {
  expect(COMMON_PASSWORD_COUNT).toBeGreaterThanOrEqual(3_000);
  // A sample from its beginning, middle and end.
  for (const password of ["1qaz2wsx3edc4rfv", "cardcaptorsakura", "the girl with the dragon tattoo"]) {
    expect(isCommonPassword(password)).toBe(true);
  }
});
