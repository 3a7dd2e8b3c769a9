import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess, runCommand } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };

interface Row {
  readonly event: string;
  readonly userId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

let gateway: GatewayProcess;
let metricsUrl: string;

beforeAll(async () => {
  const metricsPort = 20_000 + Math.floor(Math.random() * 10_000);
  metricsUrl = `http://localhost:${metricsPort}/metrics`;
  gateway = await GatewayProcess.create({
    COATCHECK_TRUSTED_PROXIES: "127.0.0.1,::1",
    COATCHECK_METRICS_PORT: String(metricsPort),
  });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
});

afterAll(() => gateway?.dispose());

/** A browser without cookies, behind a proxy that says where it is. */
function browserAt(address: string): Client {
  return new Client(gateway.url, { "x-csrf": "1", "x-forwarded-for": address });
}

async function statusOf(address: string, email = ada.email, password = ada.password): Promise<number> {
  return (await browserAt(address).login(email, password)).status;
}

async function refusals(): Promise<readonly Row[]> {
  for (;;) {
    const { stdout } = await runCommand(["audit", "tail", "--json", "--limit", "1000"], gateway.environment);
    const rows = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]));
    const refused = rows.filter(({ detail }) => detail.limit !== undefined);
    // They are written behind the requests' backs.
    if (refused.length > 0) return refused;
  }
}

describe("an office from whose address twenty logins have failed", () => {
  test("is told to wait, and no one's account is written down as locked for it", async () => {
    const office = "198.51.100.7";
    for (let index = 0; index < 20; index++) {
      expect(await statusOf(office, `user-${index}@example.com`, "some wrong password")).toBe(401);
    }
    expect(await statusOf(office)).toBe(429);
    expect(await refusals()).toMatchObject([
      { event: "excess_rate_limit_exceeded", userId: null, detail: { asked: "login", limit: "address" } },
    ]);
  });
});

describe("an owner whose account guessers at ten addresses have closed to strangers", () => {
  beforeAll(async () => {
    // Signed in at home, on another device.
    expect(await statusOf("2001:db8:7:7::20")).toBe(200);
    for (let address = 1; address <= 10; address++) {
      for (let guess = 0; guess < 5; guess++) {
        const status = await statusOf(`192.0.2.${address}`, ada.email, `guess ${address} ${guess}`);
        expect(status).toBe(401);
      }
    }
  });

  test("is refused in a new browser elsewhere, which operators can see", async () => {
    expect(await statusOf("198.51.100.99")).toBe(429);
    await expect
      .poll(async () => (await refusals()).at(-1))
      .toMatchObject({
        ...{ event: "authn_login_lock", userId: expect.any(String), detail: { asked: "login", limit: "account" } },
      });
    const counted = await (await fetch(metricsUrl)).text();
    expect(counted).toMatch(/^coatcheck_passwords_refused_total\{limit="account"\} 1$/m);
  });

  test("gets in with a new browser in the network in which the account is signed in, and so opens it again", async () => {
    expect(await statusOf("2001:db8:7:8::1")).toBe(429);
    expect(await statusOf("2001:db8:7:7:abcd::1")).toBe(200);
    expect(await statusOf("198.51.100.99")).toBe(200);
  });
});
