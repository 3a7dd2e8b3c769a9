import { SessionManager, standardPolicy } from "coatcheck";
import { IdentityIssuer, IdentityVerifier } from "coatcheck/identity";
import { generateSigningKey } from "coatcheck/keys";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { describe, expect, test } from "vitest";
import { claimsOf, ISSUER, logIn, publicKeysOf } from "../passes/support/pass-parts.ts";

const UPSTREAM = "https://library.internal.example";
const ADA = { name: "Ada Lovelace", email: "ada@example.com", roles: ["listener"] };

async function setUp() {
  const clock = new ManualClock();
  const sessions = new SessionManager({ store: new MemorySessionStore({ clock }), clock });
  const signing = { key: await generateSigningKey("ES256") };
  const issuer = new IdentityIssuer({ issuer: ISSUER, keys: { current: async () => signing.key }, clock });
  const verifier = new IdentityVerifier({
    issuer: ISSUER,
    audience: UPSTREAM,
    keys: { find: async (kid) => (await publicKeysOf(signing.key)).find(kid) },
    clock,
  });
  const issue = async (...[authentication, audience, user]: Parameters<IdentityIssuer["issue"]>) => {
    const issued = await issuer.issue(authentication, audience, user);
    if (issued.outcome !== "issued") throw new Error(issued.reason);
    return issued.token;
  };
  return { clock, sessions, signing, issuer, verifier, issue };
}

describe("an identity token", () => {
  test("tells one upstream who is calling, for a minute", async () => {
    const { clock, sessions, verifier, issue } = await setUp();
    const { authentication } = await logIn(sessions);
    const token = await issue(authentication, UPSTREAM, ADA);
    const verdict = await verifier.verifyAuthorization(`Bearer ${token}`);
    expect(verdict).toEqual({
      accepted: true,
      identity: {
        issuer: ISSUER,
        userId: "ada",
        sessionId: authentication.session.id,
        ...ADA,
        authenticatedAt: Math.floor(clock.now() / 1_000) * 1_000,
        expiresAt: Math.floor(clock.now() / 1_000) * 1_000 + 60_000,
      },
    });
    clock.advanceSeconds(60);
    expect(await verifier.verify(token)).toEqual({ accepted: false, reason: "expired" });
  });

  test("has the claims of RFC 9068, and what the upstream is to be told", async () => {
    const { sessions, issue } = await setUp();
    const { authentication } = await logIn(sessions);
    const bare = claimsOf(await issue(authentication, UPSTREAM));
    expect(Object.keys(bare).sort()).toEqual(
      ["amr", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "sid", "sub"].sort(),
    );
    expect(claimsOf(await issue(authentication, UPSTREAM, ADA))).toMatchObject({ sub: "ada", ...ADA });
  });

  test("without roles and names is good too", async () => {
    const { sessions, verifier, issue } = await setUp();
    const { authentication } = await logIn(sessions);
    const verdict = await verifier.verify(await issue(authentication, UPSTREAM));
    expect(verdict).toMatchObject({ identity: { name: null, email: null, roles: [] } });
  });

  test("is for that upstream alone", async () => {
    const { sessions, verifier, issue } = await setUp();
    const { authentication } = await logIn(sessions);
    const token = await issue(authentication, "https://billing.internal.example");
    expect(await verifier.verify(token)).toEqual({ accepted: false, reason: "wrong_audience" });
  });

  test("never outlives its session", async () => {
    const { clock, sessions, issuer, issue } = await setUp();
    const { authentication } = await logIn(sessions);
    clock.advanceSeconds(standardPolicy.lifetime.idleTimeoutSeconds - 5);
    const { exp } = claimsOf(await issue(authentication, UPSTREAM));
    expect(exp).toBe(Math.floor(authentication.session.expiresAt / 1_000));
    clock.advanceSeconds(5);
    // In another state, so that it is not the one at hand that is handed out.
    expect(await issuer.issue(authentication, "https://other.example")).toEqual({
      outcome: "refused",
      reason: "ending",
    });
  });
});

describe("it is handed out again", () => {
  test("for half a minute", async () => {
    const { clock, sessions, issue } = await setUp();
    const { authentication } = await logIn(sessions);
    const token = await issue(authentication, UPSTREAM, ADA);
    clock.advanceSeconds(29);
    expect(await issue(authentication, UPSTREAM, ADA)).toBe(token);
    clock.advanceSeconds(1);
    expect(await issue(authentication, UPSTREAM, ADA)).not.toBe(token);
  });

  test("never for another upstream, other facts, another state of the session, or another key", async () => {
    const { sessions, signing, issue } = await setUp();
    const { authentication, token: sessionToken } = await logIn(sessions);
    const tokens = [
      await issue(authentication, UPSTREAM, ADA),
      await issue(authentication, `${UPSTREAM}/`, ADA),
      await issue(authentication, UPSTREAM, { ...ADA, roles: [] }),
      await issue((await logIn(sessions)).authentication, UPSTREAM, ADA),
    ];
    await sessions.replaceData(authentication, { theme: "dark" });
    const changed = await sessions.authenticate(sessionToken);
    if (changed.status !== "authenticated") throw new Error(changed.reason);
    tokens.push(await issue(changed, UPSTREAM, ADA));
    signing.key = await generateSigningKey("ES256");
    tokens.push(await issue(changed, UPSTREAM, ADA));
    expect(new Set(tokens).size).toBe(6);
  });
});

test.each([undefined, null, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "bearer a.b.c", "Token a.b.c"])(
  "an Authorization header %j names no user",
  async (header) => {
    const { verifier } = await setUp();
    expect(await verifier.verifyAuthorization(header)).toEqual({ accepted: false, reason: "malformed_token" });
  },
);
