import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { IdentityVerifier } from "coatcheck/identity";
import { StaticPublicKeys } from "coatcheck/keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { navigation } from "../forward-auth/support/visitor.ts";
import { APP, GatewayOfOrigins, localAt, MUSIC } from "./support/gateway-of-origins.ts";
import { OriginClient } from "./support/origin-client.ts";

let gateway: GatewayOfOrigins;
let local: string;

beforeAll(async () => {
  gateway = await GatewayOfOrigins.start();
  local = localAt(gateway.port);
});

afterAll(() => gateway?.stop());

const at = (origin: string) => new OriginClient(gateway.port, origin);

async function loggedIn(origin: string): Promise<OriginClient> {
  const client = at(origin);
  expect((await client.login()).status).toBe(200);
  return client;
}

describe("each origin", () => {
  test("has a login and a cookie of its own, protected as its scheme allows", async () => {
    for (const origin of [APP, MUSIC]) {
      const client = at(origin);
      const { status, headers } = await client.login();
      expect([status, headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
      const cookies = headers["set-cookie"] ?? [];
      expect(client.cookieNames).toContain("__Host-Http-session");
      for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Lax/);
      expect(cookies.join()).not.toMatch(/domain/i);
      expect((await client.send({ target: "/auth/me" })).status).toBe(200);
      const service = await client.send({ target: "/x" });
      expect([service.status, service.headers["strict-transport-security"]]).toEqual([200, "max-age=31536000"]);
    }
    const client = at(local);
    const { status, headers } = await client.login();
    expect([status, headers["strict-transport-security"]]).toEqual([200, undefined]);
    expect(client.cookieNames).toContain(`coatcheck-${gateway.port}`);
  });

  test("is another login: a user of one is not signed in under another", async () => {
    await loggedIn(APP);
    expect((await at(MUSIC).send({ target: "/auth/me" })).status).toBe(401);
  });

  test("sends people to its own sign-in page, and nowhere else afterwards", async () => {
    for (const origin of [APP, MUSIC, local]) {
      const { status, headers } = await at(origin).send({ target: "/x?y=1", headers: navigation });
      expect([status, headers.location]).toEqual([303, "/auth/sign-in?next=%2Fx%3Fy%3D1"]);
      const client = await loggedIn(origin);
      for (const [next, location] of [
        ["/x", "/x"],
        [`${APP}/x`, "/auth/account"],
        ["//app.example/x", "/auth/account"],
      ] as const) {
        const answer = await client.send({ target: `/auth/sign-in?next=${encodeURIComponent(next)}` });
        expect([next, answer.headers.location]).toEqual([next, location]);
      }
    }
  });

  test("is named beside each device that is logged in there", async () => {
    const [app, music] = [await loggedIn(APP), await loggedIn(MUSIC)];
    const sitesSeenBy = async (client: OriginClient) => {
      const { sessions } = JSON.parse((await client.send({ target: "/auth/sessions" })).body) as {
        readonly sessions: readonly { readonly site: string; readonly current: boolean }[];
      };
      return sessions.find(({ current }) => current)?.site;
    };
    expect([await sitesSeenBy(app), await sitesSeenBy(music)]).toEqual([APP, MUSIC].map((url) => new URL(url).host));
  });

  test("shows the sessions of all, and ends any of them", async () => {
    const [app, music] = [await loggedIn(APP), await loggedIn(MUSIC)];
    const { session } = JSON.parse((await music.send({ target: "/auth/me" })).body) as { session: { id: string } };
    const { body } = await app.send({ target: "/auth/sessions" });
    const { sessions } = JSON.parse(body) as { sessions: readonly { id: string }[] };
    expect(sessions.map(({ id }) => id)).toContain(session.id);
    const headers = { origin: APP };
    const ended = await app.send({ method: "DELETE", target: `/auth/sessions/${session.id}`, headers });
    expect([ended.status, (await music.send({ target: "/auth/me" })).status]).toEqual([204, 401]);
  });
});

test("a cookie that is copied from one origin to another passes, until its session ends: it is the same", async () => {
  const client = await loggedIn(APP);
  const cookie = client.cookieHeader;
  expect((await at(MUSIC).send({ target: "/auth/me", headers: { cookie } })).status).toBe(200);
  // Under http on this machine the cookie has another name.
  expect((await at(local).send({ target: "/auth/me", headers: { cookie } })).status).toBe(401);
  expect((await client.post("/auth/logout", {})).status).toBe(204);
  expect((await at(MUSIC).send({ target: "/auth/me", headers: { cookie } })).status).toBe(401);
});

describe("a page of one origin is a stranger at the other", () => {
  const pairs = [
    [APP, MUSIC],
    [MUSIC, APP],
    ["local", APP],
    [APP, "local"],
  ] as const;
  const named = (origin: string) => (origin === "local" ? local : origin);

  test.each(pairs)("%s cannot post to %s, signed in there or not", async (from, to) => {
    const client = await loggedIn(named(to));
    for (const answer of [
      await client.post("/auth/logout", {}, named(from)),
      await client.post("/page", {}, named(from)),
      await at(named(to)).login(named(from)),
    ]) {
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([403, { code: "cross_origin_request" }]);
    }
    // To browsers siblings are of one site, for which SameSite sends the cookie.
    const sameSite = { origin: named(from), "sec-fetch-site": "same-site" };
    expect((await client.send({ method: "POST", target: "/auth/logout", headers: sameSite })).status).toBe(403);
    expect((await client.post("/page", {})).status).toBe(200);
    expect((await client.send({ target: "/auth/me" })).status).toBe(200);
  });

  test.each(pairs)("%s cannot open a WebSocket to %s", async (from, to) => {
    const client = await loggedIn(named(to));
    expect(await client.openSocket("/socket", named(from))).toBe(403);
    expect(await client.openSocket("/socket")).toBe(to === MUSIC ? "music" : "app");
  });

  test("and reads nothing there: no answer allows it", async () => {
    const client = await loggedIn(APP);
    const preflight = { origin: MUSIC, "access-control-request-method": "PUT" };
    for (const answer of [
      await client.send({ target: "/auth/me", headers: { origin: MUSIC } }),
      await client.send({ method: "OPTIONS", target: "/auth/me", headers: preflight }),
    ]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
  });
});

describe("the Host header chooses", () => {
  test.each(["other.example", "music.example", "app.example:8443", "127.0.0.1", "localhost", "app.example."])(
    "%s is none of them: it is misdirected, upgrades as well",
    async (host) => {
      const client = await loggedIn(APP);
      for (const target of ["/", "/auth/me", "/auth/login", "/page"]) {
        const answer = await client.send({ target, headers: { host } });
        expect([target, answer.status]).toEqual([target, 421]);
      }
      const stranger = at(`http://${host}`);
      expect(await stranger.openSocket("/socket")).toBe(421);
      expect((await client.send({ target: "/auth/health/live", headers: { host } })).status).toBe(200);
    },
  );

  test("whatever its case, and with the port that the scheme has anyway", async () => {
    const client = await loggedIn(APP);
    for (const host of ["APP.example", "app.example:443"]) {
      expect((await client.send({ target: "/auth/me", headers: { host } })).status).toBe(200);
    }
  });

  test("and X-Forwarded-Host does not, from a proxy that is ours either", async () => {
    const client = await loggedIn(APP);
    const headers = { "x-forwarded-host": "music.example:8443", forwarded: 'host="music.example:8443"' };
    expect((await client.send({ target: "/page", headers })).body).toBe("app");
    expect((await client.send({ target: "/page", headers: { ...headers, host: "other.example" } })).status).toBe(421);
  });

  test.each(["", "Connection: Upgrade\r\nUpgrade: websocket\r\n"])("two of them are refused %j", async (more) => {
    const socket = connect(gateway.port, "127.0.0.1");
    socket.write(`GET /page HTTP/1.1\r\nHost: app.example\r\nHost: music.example:8443\r\n${more}\r\n`);
    if (more === "") socket.end();
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("routes", () => {
  test("with a host serve that one alone, before those without", async () => {
    const [app, music, here] = [await loggedIn(APP), await loggedIn(MUSIC), await loggedIn(local)];
    const answers = async (client: OriginClient) => {
      const [page, secret] = [await client.send({ target: "/page" }), await client.send({ target: "/private/x" })];
      return [page.body, secret.status === 200 ? secret.body : secret.status];
    };
    expect(await answers(app)).toEqual(["app", 403]);
    expect(await answers(here)).toEqual(["app", 403]);
    expect(await answers(music)).toEqual(["music", "music"]);
  });

  test("tell the service under which origin it was asked", async () => {
    for (const [origin, service] of [
      [APP, gateway.app],
      [MUSIC, gateway.music],
      [local, gateway.app],
    ] as const) {
      const client = await loggedIn(origin);
      const { host, protocol } = new URL(origin);
      const forged = { "x-forwarded-proto": "gopher", "x-forwarded-host": "evil.example", forwarded: "host=evil" };
      await client.send({ target: "/page", headers: forged });
      await client.openSocket("/socket");
      for (const { headers } of service.seen.slice(-2)) {
        expect(headers).toMatchObject({ host, "x-forwarded-host": host, "x-forwarded-proto": protocol.slice(0, -1) });
        expect([headers.forwarded, headers.cookie]).toEqual([undefined, undefined]);
      }
    }
  });

  test("have tokens of one issuer, the primary origin, whatever the origin", async () => {
    const { body } = await at(MUSIC).send({ target: "/.well-known/jwks.json" });
    const keys = await StaticPublicKeys.from(JSON.parse(body) as Parameters<typeof StaticPublicKeys.from>[0]);
    for (const [origin, service] of [
      [APP, gateway.app],
      [MUSIC, gateway.music],
    ] as const) {
      await (await loggedIn(origin)).send({ target: "/page" });
      const verifier = new IdentityVerifier({ issuer: APP, audience: service.url, keys });
      expect(await verifier.verifyAuthorization(service.seen.at(-1)?.headers.authorization)).toMatchObject({
        accepted: true,
      });
    }
  });
});
