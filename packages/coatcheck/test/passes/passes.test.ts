import { standardPolicy } from "coatcheck";
import { generateSigningKey, signToken } from "coatcheck/keys";
import { PassIssuer } from "coatcheck/passes";
import { describe, expect, test } from "vitest";
import { AUDIENCE, claimsOf, holding, ISSUER, logIn, passFor, passParts, publicKeysOf } from "./support/pass-parts.ts";

const SONG = "/songs/one.wav";

describe("a pass", () => {
  test("opens what it names, until it expires", async () => {
    const { sessions, issuer, verifier, clock } = await passParts();
    const { authentication } = await logIn(sessions);
    const token = await passFor(issuer, authentication, SONG);
    expect(await verifier.verify(token, { path: SONG })).toMatchObject({ accepted: true, pass: { path: SONG } });
    expect(await verifier.verify(token, { path: "/songs/two.wav" })).toEqual({ accepted: false, reason: "wrong_path" });
    clock.advanceSeconds(299);
    expect(await verifier.verify(token, { path: SONG })).toMatchObject({ accepted: true });
    clock.advanceSeconds(1);
    expect(await verifier.verify(token, { path: SONG })).toEqual({ accepted: false, reason: "expired" });
  });

  test("for a prefix opens what is below", async () => {
    const { sessions, issuer, verifier } = await passParts();
    const token = await passFor(issuer, (await logIn(sessions)).authentication, "/songs/");
    expect(await verifier.verify(token, { path: "/songs/live/a%20b.wav" })).toMatchObject({ accepted: true });
    expect(await verifier.verify(token, { path: "/songs/%2e%2e/x" })).toMatchObject({ reason: "wrong_path" });
    expect(await verifier.verify(token, { path: "/songs/..%2fx" })).toMatchObject({ reason: "wrong_path" });
  });

  test("holds exactly these claims, and nothing of the user", async () => {
    const { sessions, issuer, clock } = await passParts();
    const { authentication } = await logIn(sessions);
    const token = await passFor(issuer, authentication, SONG);
    const iat = Math.floor(clock.now() / 1_000);
    const cdniuc = "regex:https?://[^/?#]*/songs/one\\.wav(\\?.*)?$";
    const session = expect.stringMatching(/^[A-Za-z0-9_-]{22}$/);
    expect(claimsOf(token)).toEqual({ iss: ISSUER, aud: AUDIENCE, iat, exp: iat + 300, path: SONG, cdniuc, session });
    expect(JSON.stringify(claimsOf(token))).not.toContain(authentication.session.id);
    const header = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
    expect(Object.keys(header).sort()).toEqual(["alg", "kid", "typ"]);
  });

  test("ends with its session at the latest", async () => {
    const { sessions, issuer, clock } = await passParts();
    const { authentication } = await logIn(sessions);
    clock.advanceSeconds(standardPolicy.lifetime.idleTimeoutSeconds - 100);
    const end = authentication.session.expiresAt;
    expect(claimsOf(await passFor(issuer, authentication, SONG)).exp).toBe(Math.floor(end / 1_000));
    clock.advanceSeconds(100);
    const late = await issuer.issue(authentication, { audience: AUDIENCE, path: SONG });
    expect(late).toEqual({ outcome: "refused", reason: "ending" });
  });

  test("is not issued to a secret in grace", async () => {
    const policy = { ...standardPolicy, lifetime: standardPolicy.rememberedLifetime ?? standardPolicy.lifetime };
    const { sessions, issuer, clock } = await passParts({ policy });
    const { token } = await logIn(sessions);
    clock.advanceSeconds(86_400);
    const held = await sessions.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const next = await sessions.rotate(held);
    await sessions.authenticate(next ?? "");
    const late = await sessions.authenticate(token);
    if (late.status !== "authenticated") throw new Error(late.reason);
    const issued = await issuer.issue(late, { audience: AUDIENCE, path: SONG });
    expect(issued).toEqual({ outcome: "refused", reason: "grace" });
  });

  test("may begin later, and may be for one client", async () => {
    const { sessions, issuer, verifier, clock } = await passParts();
    const { authentication } = await logIn(sessions);
    const options = { audience: AUDIENCE, path: SONG, lifetimeSeconds: 600 };
    const notBefore = clock.now() + 120_000;
    const later = await issuer.issue(authentication, { ...options, notBefore });
    const bound = await issuer.issue(authentication, { ...options, clientAddress: "192.0.2.1" });
    if (later.outcome !== "issued" || bound.outcome !== "issued") throw new Error("No pass.");
    expect(await verifier.verify(later.token, { path: SONG })).toMatchObject({ reason: "not_yet_valid" });
    for (const clientAddress of ["192.0.2.2", undefined]) {
      const verdict = await verifier.verify(bound.token, { path: SONG, clientAddress });
      expect(verdict).toEqual({ accepted: false, reason: "wrong_client" });
    }
    for (const clientAddress of ["192.0.2.1:51234", "::ffff:192.0.2.1"]) {
      expect((await verifier.verify(bound.token, { path: SONG, clientAddress })).accepted).toBe(true);
    }
    const own = { path: SONG, clientAddress: "192.0.2.1" };
    expect(await verifier.verify(bound.token, own)).toMatchObject({ accepted: true });
    clock.advanceSeconds(120);
    expect(await verifier.verify(later.token, { path: SONG })).toMatchObject({ accepted: true });
  });

  test.each([0, 0.5, 601, Number.NaN])("does not live for %s seconds", async (lifetimeSeconds) => {
    const { sessions, issuer } = await passParts();
    const { authentication } = await logIn(sessions);
    const issuing = issuer.issue(authentication, { audience: AUDIENCE, path: SONG, lifetimeSeconds });
    await expect(issuing).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  test.each(["ES256", "EdDSA", "RS256"] as const)("may be signed with %s", async (algorithm) => {
    const { sessions, clock, verifierWith } = await passParts();
    const key = await generateSigningKey(algorithm);
    const issuer = new PassIssuer({ issuer: ISSUER, keys: holding(key), clock });
    const token = await passFor(issuer, (await logIn(sessions)).authentication, SONG);
    const verifier = verifierWith(await publicKeysOf(key));
    expect(await verifier.verify(token, { path: SONG })).toMatchObject({ accepted: true });
    expect(await verifier.verify(token, { path: SONG })).toMatchObject({ accepted: true });
  });
});

describe("what is remembered of a pass spares the signature check alone", () => {
  test("a key that was taken back takes its passes along", async () => {
    const { sessions, issuer, key, verifierWith } = await passParts();
    const published = await publicKeysOf(key);
    let isPublished = true;
    const verifier = verifierWith({ find: async (kid) => (isPublished ? published.find(kid) : null) });
    const token = await passFor(issuer, (await logIn(sessions)).authentication, SONG);
    expect(await verifier.verify(token, { path: SONG })).toMatchObject({ accepted: true });
    isPublished = false;
    expect(await verifier.verify(token, { path: SONG })).toEqual({ accepted: false, reason: "unknown_key" });
  });

  test("a session that ended meanwhile ends it", async () => {
    let state: "clear" | "session_ended" | "revocations_outdated" = "clear";
    const { sessions, issuer, verifier } = await passParts({ revocations: { check: () => state } });
    const token = await passFor(issuer, (await logIn(sessions)).authentication, SONG);
    expect(await verifier.verify(token, { path: SONG })).toMatchObject({ accepted: true });
    for (state of ["session_ended", "revocations_outdated"] as const) {
      expect(await verifier.verify(token, { path: SONG })).toEqual({ accepted: false, reason: state });
    }
  });

  test("it is bounded", async () => {
    const { sessions, key, issuer, verifierWith } = await passParts({ rememberedTokens: 2 });
    const published = await publicKeysOf(key);
    const verifier = verifierWith({ find: (kid) => published.find(kid) });
    const { authentication } = await logIn(sessions);
    for (let index = 0; index < 5; index++) {
      const path = `/songs/${index}.wav`;
      expect(await verifier.verify(await passFor(issuer, authentication, path), { path })).toMatchObject({
        accepted: true,
      });
    }
    expect(verifier.rememberedTokens).toBe(2);
  });
});

test("a token that lives longer than a pass may is refused, although the issuer signed it", async () => {
  const { key, verifier, clock } = await passParts();
  const iat = Math.floor(clock.now() / 1_000);
  const cdniuc = "regex:https?://[^/?#]*/songs/one\\.wav(\\?.*)?$";
  const claims = { iss: ISSUER, aud: AUDIENCE, iat, exp: iat + 601, path: SONG, cdniuc, session: "a".repeat(22) };
  const token = await signToken(key, "coatcheck-pass+jwt", claims);
  expect(await verifier.verify(token, { path: SONG })).toEqual({ accepted: false, reason: "lives_too_long" });
});
