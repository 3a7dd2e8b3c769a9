import { generateSigningKey } from "coatcheck/keys";
import { readRenewablePass, sessionDigestOf } from "coatcheck/passes";
import { expect, test } from "vitest";
import { AUDIENCE, ISSUER, logIn, passFor, passParts, publicKeysOf } from "./support/pass-parts.ts";

const SONG = "/songs/one.wav";

async function setUp() {
  const { sessions, issuer, key, clock } = await passParts();
  const { authentication } = await logIn(sessions);
  const token = await passFor(issuer, authentication, SONG);
  const keys = await publicKeysOf(key);
  const read = (text = token, options: Partial<Parameters<typeof readRenewablePass>[1]> = {}) =>
    readRenewablePass(text, { issuer: ISSUER, audience: AUDIENCE, keys, clock, ...options });
  return { authentication, issuer, clock, read };
}

test("a pass says what it opened and which session it came from, for ten minutes after its end", async () => {
  const { authentication, clock, read } = await setUp();
  const renewable = { path: SONG, session: sessionDigestOf(authentication.session.id) };
  expect(await read()).toEqual(renewable);
  clock.advanceSeconds(300 + 599);
  expect(await read()).toEqual(renewable);
  clock.advanceSeconds(1);
  expect(await read()).toBe("expired");
});

test("one that begins later is renewable when it has begun", async () => {
  const { authentication, issuer, clock, read } = await setUp();
  const notBefore = clock.now() + 120_000;
  const issued = await issuer.issue(authentication, { audience: AUDIENCE, path: SONG, notBefore });
  const token = issued.outcome === "issued" ? issued.token : "";
  expect(await read(token)).toBe("not_yet_valid");
  clock.advanceSeconds(120);
  expect(await read(token)).toMatchObject({ path: SONG });
});

test("what is no pass of this issuer for this service is not", async () => {
  const { read } = await setUp();
  const keys = await publicKeysOf(await generateSigningKey("ES256"));
  expect(await read("nonsense")).toBe("malformed_token");
  expect(await read(undefined, { keys })).toBe("unknown_key");
  expect(await read(undefined, { issuer: "https://other.example" })).toBe("wrong_issuer");
  expect(await read(undefined, { audience: "https://other.example" })).toBe("wrong_audience");
});
