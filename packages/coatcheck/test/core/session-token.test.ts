import { describe, expect, test } from "vitest";
import { mintToken, parseToken, partsOf, rotateToken } from "../../src/core/session-token.ts";
import { deriveUserKey } from "../../src/core/user-key.ts";
import { logIn, startSessions } from "./support/sessions-under-test.ts";

const USER_KEY = deriveUserKey("default", "ada");
const TOKEN = mintToken(USER_KEY);

test("a token is 48 bytes as 64 base64url characters, and its parts are slices of it", () => {
  expect(TOKEN).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(Buffer.from(TOKEN, "base64url")).toHaveLength(48);
  expect(parseToken(TOKEN)).toEqual({
    userKey: TOKEN.slice(0, 20),
    sessionId: TOKEN.slice(20, 32),
    lineage: TOKEN.slice(32, 44),
    secret: TOKEN.slice(32, 64),
  });
});

test("a token has one spelling: no other text decodes to the same bytes", () => {
  const bytes = Buffer.from(TOKEN, "base64url").toString("hex");
  for (let index = 0; index < TOKEN.length; index++) {
    for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") {
      if (character === TOKEN[index]) continue;
      const changed = TOKEN.slice(0, index) + character + TOKEN.slice(index + 1);
      expect(Buffer.from(changed, "base64url").toString("hex")).not.toBe(bytes);
    }
  }
});

test("100,000 tokens share no id, no lineage and no secret", () => {
  const ids = new Set<string>();
  const lineages = new Set<string>();
  const secrets = new Set<string>();
  for (let count = 0; count < 100_000; count++) {
    const parts = partsOf(mintToken(USER_KEY));
    ids.add(parts.sessionId);
    lineages.add(parts.lineage);
    secrets.add(parts.secret);
  }
  expect([ids.size, lineages.size, secrets.size]).toEqual([100_000, 100_000, 100_000]);
});

test("every character of the random parts takes every value", () => {
  const seen = Array.from({ length: 44 }, () => new Set<string>());
  for (let count = 0; count < 5_000; count++) {
    const random = mintToken(USER_KEY).slice(20);
    for (const [index, values] of seen.entries()) values.add(random.charAt(index));
  }
  // 5,000 draws of 64 values miss one with a probability below 10^-30.
  expect(seen.map((values) => values.size)).toEqual(Array.from({ length: 44 }, () => 64));
});

test("a rotated token keeps user, session and lineage, and has a new nonce", () => {
  const parts = partsOf(TOKEN);
  const next = rotateToken(parts);
  expect(next).toMatch(/^[A-Za-z0-9_-]{64}$/);
  expect(next.slice(0, 44)).toBe(TOKEN.slice(0, 44));
  expect(next.slice(44)).not.toBe(TOKEN.slice(44));
  expect(rotateToken(parts)).not.toBe(next);
});

describe("what cannot be a token is refused before the store is asked", () => {
  const rows: readonly (readonly [name: string, text: string])[] = [
    ["nothing", ""],
    ["one character less", TOKEN.slice(0, 63)],
    ["one character more", `${TOKEN}A`],
    ["a thousand tokens in one", TOKEN.repeat(1_000)],
    ["padding after it", `${TOKEN}=`],
    ["padding within the length", `${TOKEN.slice(0, 63)}=`],
    ["a line break after it", `${TOKEN}\n`],
    ["a line break before it", `\n${TOKEN}`],
    ["white space instead of a character", `${TOKEN.slice(0, 63)} `],
    ["a NUL", `${TOKEN.slice(0, 63)}\0`],
    ["the other base64 alphabet", `${TOKEN.slice(0, 62)}+/`],
    ["percent encoding", `%41${TOKEN.slice(3)}`],
    ["quotes around it", `"${TOKEN.slice(0, 62)}"`],
    ["a dot between parts", `${TOKEN.slice(0, 31)}.${TOKEN.slice(32)}`],
    ["a letter outside ASCII", `${TOKEN.slice(0, 63)}é`],
    ["a full-width letter", `${TOKEN.slice(0, 63)}\uff21`],
    ["a digit of another script", `${TOKEN.slice(0, 63)}\u0661`],
    ["a letter that ASCII folding would accept", `${TOKEN.slice(0, 63)}\u212a`],
    ["an astral character, two units long", `${TOKEN.slice(0, 62)}😀`],
    ["a lone surrogate", `${TOKEN.slice(0, 63)}\ud83d`],
    ["a combining character", `${TOKEN.slice(0, 63)}\u0301`],
    ["a JSON web token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."],
  ];
  test.each(rows)("%s", async (_name, text) => {
    const { sessions, store } = startSessions();
    expect(parseToken(text)).toBeNull();
    expect(await sessions.authenticate(text)).toEqual({ status: "unauthenticated", reason: "malformed" });
    expect(store.calls).toEqual([]);
  });
});

describe("a token that was never issued is not adopted", () => {
  test("well-formed, of a user without sessions: nothing is written", async () => {
    const { sessions, store } = startSessions();
    expect(await sessions.authenticate(TOKEN)).toEqual({ status: "unauthenticated", reason: "unknown" });
    expect(store.calls).toEqual(["find"]);
    expect(await sessions.list("ada")).toEqual([]);
  });

  test("a login ignores the token that the browser brought along: its id and secret are new", async () => {
    const { sessions } = startSessions();
    await sessions.authenticate(TOKEN);
    const { token } = await logIn(sessions);
    expect(token.slice(20, 32)).not.toBe(TOKEN.slice(20, 32));
    expect(token.slice(32)).not.toBe(TOKEN.slice(32));
    expect(await sessions.authenticate(TOKEN)).toEqual({ status: "unauthenticated", reason: "unknown" });
  });

  test("another user's key in front of a good id and secret opens nothing", async () => {
    const { sessions } = startSessions();
    const { token } = await logIn(sessions);
    const forged = deriveUserKey("default", "grace") + token.slice(20);
    expect(await sessions.authenticate(forged)).toEqual({ status: "unauthenticated", reason: "unknown" });
  });
});
