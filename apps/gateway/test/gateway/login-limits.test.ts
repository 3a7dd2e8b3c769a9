import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runCommand } from "../support/run-command.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const grace = { email: "grace@example.com", password: "nanoseconds by the yard" };

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
  for (const { email, password } of [ada, grace]) await gateway.addUser(email, password);
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
        event: "authn_login_lock",
        userId: expect.any(String),
        detail: { asked: "login", limit: "account" },
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

describe("an address that has used its guesses up", () => {
  const network = "2001:db8:99:99";

  beforeAll(async () => {
    // Each from another address of one /64, with another one in front that the client has made up.
    for (let guess = 0; guess < 5; guess++) {
      const from = `203.0.113.${guess}, ${network}::${guess + 1}`;
      expect(await statusOf(from, grace.email, `guess ${guess}`)).toBe(401);
    }
  });

  test.each([
    "/auth/login",
    "//auth/login",
    "/auth//login",
    "/auth/login/",
    "/AUTH/LOGIN",
    "/auth/Login",
    "/auth/./login",
    "/x/../auth/login",
    "/auth/%6cogin",
    "/%61uth/login",
    "/auth/login;x=1",
    "/auth/login%2f",
    "/auth/login%00",
    "/auth/login?x=1",
    "/auth/login#x",
    "/auth/login.json",
    "/auth%2flogin",
    "/auth\\login",
    "http://localhost/auth/login",
  ])("gets no other by the path %s", async (path) => {
    expect(await rawLogin(path, `${network}::ff`)).not.toMatch(/^HTTP\/1\.1 (200|401) /);
  });

  test("gets none by another address of its network, nor by one that it puts in front of its own", async () => {
    expect(await statusOf(`${network}:ffff:ffff:ffff:ffff`, grace.email, grace.password)).toBe(429);
    expect(await statusOf(`198.51.100.1, ${network}::1`, grace.email, grace.password)).toBe(429);
  });

  test("gets none by another method, nor by a method in a header", async () => {
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const answer = await rawLogin("/auth/login", `${network}::ff`, method, "X-HTTP-Method-Override: POST\r\n");
      expect(answer).not.toMatch(/^HTTP\/1\.1 (200|401) /);
    }
  });

  /** A login with the right password, by a path that no client would leave as it is. */
  function rawLogin(path: string, address: string, method = "POST", headers = ""): Promise<string> {
    const { port } = new URL(gateway.url);
    const body = JSON.stringify(grace);
    const head = [
      `${method} ${path} HTTP/1.1`,
      `Host: localhost:${port}`,
      "X-CSRF: 1",
      `X-Forwarded-For: ${address}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: close",
    ];
    return new Promise((resolve, reject) => {
      const socket = connect({ port: Number(port), host: "localhost" });
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
      socket.on("close", () => resolve(answer));
      socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
      socket.write(`${head.join("\r\n")}\r\n${headers}\r\n${body}`);
    });
  }
});
