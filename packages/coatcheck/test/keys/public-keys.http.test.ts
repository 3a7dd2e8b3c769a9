import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  exportSigningKey,
  generateSigningKey,
  RemotePublicKeys,
  type SigningKey,
  StaticPublicKeys,
} from "coatcheck/keys";
import { ManualClock } from "coatcheck/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const { publicJwk } = await generateSigningKey("ES256");
const rsa = await generateSigningKey("RS256");

let server: Server;
let url: string;
let asked: number;
/** What the issuer answers. */
let answer: { status: number; body: string };
let first: SigningKey;
let second: SigningKey;

const jwksOf = (...keys: readonly SigningKey[]) => JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });

beforeEach(async () => {
  [first, second] = await Promise.all([generateSigningKey("ES256"), generateSigningKey("EdDSA")]);
  asked = 0;
  answer = { status: 200, body: jwksOf(first) };
  server = createServer((_request, response) => {
    asked++;
    response.writeHead(answer.status, { "content-type": "application/jwk-set+json" }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const remote = (options = {}) => {
  const clock = new ManualClock();
  return { clock, keys: new RemotePublicKeys({ url, clock, ...options }) };
};

/** What is done in the background is done when the next answer that it would share has come. */
const settled = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe("keys of an issuer elsewhere", () => {
  test("are read when they are first needed, once, however many ask", async () => {
    const { keys } = remote();
    expect(asked).toBe(0);
    const found = await Promise.all(Array.from({ length: 50 }, () => keys.find(first.kid)));
    expect(new Set(found).size).toBe(1);
    expect(found[0]).toMatchObject({ kid: first.kid, algorithm: "ES256" });
    expect(asked).toBe(1);
  });

  test("are read again for a kid that is not there, and not more often than the floor allows", async () => {
    const { keys, clock } = remote();
    await keys.find(first.kid);
    answer.body = jwksOf(first, second);
    expect(await keys.find(second.kid)).toBeNull();
    expect(asked).toBe(1);
    clock.advanceSeconds(10);
    expect(await keys.find(second.kid)).toMatchObject({ kid: second.kid, algorithm: "EdDSA" });
    for (let index = 0; index < 100; index++) expect(await keys.find(`made up ${index}`)).toBeNull();
    expect(asked).toBe(2);
  });

  test("are read again in the background when they have grown old, and one that was taken back is unknown then", async () => {
    const { keys, clock } = remote();
    await keys.find(first.kid);
    answer.body = jwksOf(second);
    clock.advanceSeconds(299);
    expect(await keys.find(first.kid)).not.toBeNull();
    expect(asked).toBe(1);
    clock.advanceSeconds(1);
    expect(await keys.find(first.kid)).not.toBeNull();
    await settled(() => asked === 2);
    expect(await keys.find(second.kid)).not.toBeNull();
    expect(await keys.find(first.kid)).toBeNull();
  });

  test("stay good while the issuer is down, for a day; a key that was never seen is unknown", async () => {
    const { keys, clock } = remote();
    await keys.find(first.kid);
    answer.status = 500;
    clock.advanceSeconds(86_399);
    expect(await keys.find(first.kid)).not.toBeNull();
    await settled(() => asked === 2);
    expect(await keys.find(second.kid)).toBeNull();
    clock.advanceSeconds(1);
    await expect(keys.find(first.kid)).rejects.toMatchObject({ code: "keys_unavailable" });
    answer.status = 200;
    clock.advanceSeconds(10);
    expect(await keys.find(first.kid)).not.toBeNull();
  });

  test("that were never read are a fault, not an answer", async () => {
    answer.status = 503;
    const { keys, clock } = remote();
    await expect(keys.find(first.kid)).rejects.toMatchObject({ code: "keys_unavailable", statusCode: 503 });
    await expect(keys.find(first.kid)).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(asked).toBe(1);
    answer.status = 200;
    clock.advanceSeconds(10);
    expect(await keys.find(first.kid)).not.toBeNull();
  });

  test.each([
    ["no JSON", () => "<html>"],
    ["too long", () => jwksOf(first) + " ".repeat(70_000)],
    ["no set", () => "[]"],
    ["a private key", async () => `{"keys":[${await withKid(first)}]}`],
    ["a kid twice", () => jwksOf(first, first)],
  ])("that are %s are not believed", async (_name, body) => {
    answer.body = await body();
    await expect(remote().keys.find(first.kid)).rejects.toMatchObject({ code: "keys_unavailable" });
  });

  test("are not read where a redirection leads", async () => {
    const redirecting = createServer((_request, response) => response.writeHead(302, { location: url }).end());
    await new Promise<void>((resolve) => redirecting.listen(0, "127.0.0.1", resolve));
    const elsewhere = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/`;
    const keys = new RemotePublicKeys({ url: elsewhere, clock: new ManualClock() });
    await expect(keys.find(first.kid)).rejects.toMatchObject({ code: "keys_unavailable" });
    expect(asked).toBe(0);
    redirecting.close();
  });

  test("are fetched by https, or from this machine", () => {
    expect(() => new RemotePublicKeys({ url: "http://login.example/jwks.json" })).toThrow(
      expect.objectContaining({ code: "invalid_configuration" }),
    );
    expect(() => new RemotePublicKeys({ url: "not a url" })).toThrow(
      expect.objectContaining({ code: "invalid_configuration" }),
    );
    for (const options of [
      { url: "https://login.example/" },
      { url: "http://g/", dangerouslyAllowInsecureUrl: true },
    ]) {
      expect(new RemotePublicKeys(options)).toBeInstanceOf(RemotePublicKeys);
    }
  });
});

async function withKid(key: SigningKey): Promise<string> {
  return JSON.stringify({ ...JSON.parse(await exportSigningKey(key)), kid: key.kid });
}

describe("keys from a file", () => {
  test("are what they are", async () => {
    const keys = await StaticPublicKeys.from(JSON.parse(jwksOf(first, second)));
    expect(await keys.find(second.kid)).toMatchObject({ algorithm: "EdDSA" });
    expect(await keys.find("other")).toBeNull();
  });

  test.each([
    ["null", null],
    ["no keys", {}],
    ["too many", { keys: Array.from({ length: 17 }, (_, index) => ({ ...publicJwk, kid: String(index) })) }],
    ["no kid", { keys: [{ ...publicJwk, kid: undefined }] }],
    ["no alg", { keys: [{ ...publicJwk, alg: undefined }] }],
    ["alg none", { keys: [{ ...publicJwk, alg: "none" }] }],
    ["a secret", { keys: [{ kid: "a", alg: "HS256", kty: "oct", k: "AAAA" }] }],
    ["another algorithm's", { keys: [{ ...publicJwk, alg: "RS256" }] }],
    ["for encryption", { keys: [{ ...publicJwk, use: "enc" }] }],
    ["a point that is none", { keys: [{ ...publicJwk, x: publicJwk.y }] }],
    ["a short modulus", { keys: [{ ...rsa.publicJwk, n: rsa.publicJwk.n?.slice(0, 171) }] }],
  ])("are refused: %s", async (_name, jwks) => {
    await expect(StaticPublicKeys.from(jwks)).rejects.toMatchObject({ code: "invalid_key_set" });
  });
});
