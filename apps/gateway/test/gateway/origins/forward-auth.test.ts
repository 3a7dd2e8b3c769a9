import { IdentityVerifier } from "coatcheck/identity";
import { StaticPublicKeys } from "coatcheck/keys";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { navigation, type SentRequest } from "../forward-auth/support/visitor.ts";
import { APP, GatewayOfOrigins, localAt, MUSIC } from "./support/gateway-of-origins.ts";
import { OriginClient } from "./support/origin-client.ts";

let gateway: GatewayOfOrigins;

beforeAll(async () => {
  gateway = await GatewayOfOrigins.start();
});

afterAll(() => gateway?.stop());

type Ask = (url: URL, method: string, headers?: SentRequest["headers"]) => SentRequest;

/** As each proxy tells it; the gateway itself goes by a name of the network within. */
const dialects: Readonly<Record<string, Ask>> = {
  nginx: ({ href }, method, headers) => ({
    target: "/auth/verify/nginx",
    headers: { host: "gateway", "x-original-method": method, "x-original-url": href, ...headers },
  }),
  forward: ({ host, pathname }, method, headers) => ({
    target: "/auth/verify/forward",
    headers: {
      host: "gateway:8080",
      "x-forwarded-method": method,
      "x-forwarded-host": host,
      "x-forwarded-uri": pathname,
      ...headers,
    },
  }),
  envoy: ({ host, pathname }, method, headers) => ({
    method,
    target: `/auth/verify/envoy${pathname}`,
    headers: { host, ...headers },
  }),
};

const at = (origin: string) => new OriginClient(gateway.port, origin);

async function loggedIn(origin: string): Promise<OriginClient> {
  const client = at(origin);
  expect((await client.login()).status).toBe(200);
  return client;
}

describe.each(Object.entries(dialects))("%s asks about a request to one of several origins", (name, ask) => {
  const about = (origin: string, method = "GET", headers: SentRequest["headers"] = {}) =>
    ask(new URL("/page", origin), method, headers);

  test("and is told who it is, for an audience of that origin and by the one issuer", async () => {
    const { body } = await at(APP).send({ target: "/.well-known/jwks.json" });
    const keys = await StaticPublicKeys.from(JSON.parse(body) as Parameters<typeof StaticPublicKeys.from>[0]);
    for (const audience of [APP, MUSIC, localAt(gateway.port)]) {
      const { status, headers } = await (await loggedIn(audience)).send(about(audience));
      expect(status).toBe(200);
      const authorization = String(headers.authorization);
      const accepted = await new IdentityVerifier({ issuer: APP, audience, keys }).verifyAuthorization(authorization);
      expect(accepted).toMatchObject({ accepted: true });
      const other = audience === MUSIC ? APP : MUSIC;
      const refused = await new IdentityVerifier({ issuer: APP, audience: other, keys }).verifyAuthorization(
        authorization,
      );
      expect(refused).toMatchObject({ accepted: false });
    }
  });

  test("and is sent to the sign-in page of that origin", async () => {
    for (const origin of [APP, MUSIC]) {
      const { status, headers } = await at(origin).send(about(origin, "GET", navigation));
      expect(status).toBe(name === "nginx" ? 401 : 302);
      expect(headers.location).toBe(`${origin}/auth/sign-in?next=%2Fpage`);
    }
  });

  test("and is told no where a page of another of our origins made it", async () => {
    for (const [from, to] of [
      [APP, MUSIC],
      [MUSIC, APP],
    ] as const) {
      const client = await loggedIn(to);
      expect((await client.send(about(to, "POST", { origin: to }))).status).toBe(200);
      expect((await client.send(about(to, "POST", { origin: from }))).status).toBe(403);
      const socket = { origin: from, "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
      expect((await client.send(about(to, "GET", socket))).status).toBe(403);
      expect((await client.send(about(to, "GET", { ...socket, origin: to }))).status).toBe(200);
    }
  });

  test.each(["https://other.example", "https://music.example", "https://app.example:8443"])(
    "and is told no about %s, which is none of them",
    async (origin) => {
      expect((await (await loggedIn(APP)).send(about(origin))).status).toBe(403);
    },
  );
});
