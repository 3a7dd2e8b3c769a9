import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "@coatcheck/throwaway-servers";
import { type AccessPath, readAccessPath } from "coatcheck/passes";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Account } from "../../src/accounts/account.ts";
import { passRule } from "../../src/passes/pass-rule.ts";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const AT_A_TIME = 4;
const ALTOGETHER = 16;
const WAITING = 64;
const paths = Array.from({ length: 100 }, (_, index) => `/songs/${index}`);

let application: Server;
let gateway: GatewayProcess;
let client: Client;
let answer: number;
let asked: number;
let under: number;
let most: number;
/** What the application waits for before it answers. */
let held: Promise<void>;
let release: () => void;
let ruleUrl: string;
let metricsUrl: string;

beforeAll(async () => {
  application = createServer(async (request, response) => {
    request.resume();
    asked += 1;
    under += 1;
    most = Math.max(most, under);
    await Promise.all([delay(5), held]);
    under -= 1;
    response.writeHead(answer).end();
  });
  application.listen(0, "127.0.0.1");
  await once(application, "listening");
  const { port } = application.address() as AddressInfo;
  const role = { path: "/admin/", upstream: `http://127.0.0.1:${port}`, access: "role:admn" };
  ruleUrl = `http://127.0.0.1:${port}/rule`;
  const metricsPort = await freePort();
  metricsUrl = `http://localhost:${metricsPort}/metrics`;
  gateway = await GatewayProcess.create({
    COATCHECK_METRICS_PORT: String(metricsPort),
    COATCHECK_FILES_URL: "http://localhost:9",
    COATCHECK_PASS_RULE_URL: ruleUrl,
    COATCHECK_ROUTES: JSON.stringify([role]),
  });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
  client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
});

beforeEach(() => {
  [asked, under, most] = [0, 0, 0];
  held = Promise.resolve();
});

afterAll(async () => {
  await gateway.dispose();
  application.close();
});

test("one request for a hundred passes asks the application a few questions at a time", async () => {
  answer = 204;
  const response = await client.send("POST", "/auth/access", { paths });
  expect([response.status, asked]).toEqual([200, 100]);
  expect(((await response.json()) as { passes: { path: string }[] }).passes.map(({ path }) => path)).toEqual(paths);
  expect(most).toBeLessThanOrEqual(AT_A_TIME);
});

test("and none after the first that is refused", async () => {
  answer = 403;
  expect((await client.send("POST", "/auth/access", { paths })).status).toBe(403);
  expect(asked).toBeLessThanOrEqual(AT_A_TIME);
});

test("twenty requests of one user ask no more at a time than one, and all are answered", async () => {
  answer = 204;
  const requests = Array.from({ length: 20 }, () => client.send("POST", "/auth/access", { paths: paths.slice(0, 10) }));
  expect(new Set((await Promise.all(requests)).map(({ status }) => status))).toEqual(new Set([200]));
  expect(asked).toBe(200);
  expect(most).toBeLessThanOrEqual(AT_A_TIME);
});

test("what would wait too long behind a user's own questions is told when to come back", async () => {
  answer = 204;
  hold();
  const before = await counted("overloaded");
  const some = { paths: paths.slice(0, AT_A_TIME) };
  const requests = Array.from({ length: 40 }, () => client.send("POST", "/auth/access", some));
  const first = await Promise.race(requests);
  release();
  expect([first.status, first.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(most).toBeLessThanOrEqual(AT_A_TIME);
  await Promise.all(requests);
  expect(await counted("overloaded")).toBeGreaterThan(before);
  expect((await client.send("POST", "/auth/access", some)).status).toBe(200);
});

test("many users at once do not flood the application: some wait, the rest come back later", async () => {
  answer = 204;
  hold();
  const outcomes: string[] = [];
  const rule = passRule({ paths: [], url: ruleUrl, onQuestion: (outcome) => outcomes.push(outcome) });
  const path = readAccessPath("/songs/1") as AccessPath;
  const asking = Array.from({ length: 120 }, (_, index) => {
    const account = { id: `user-${Math.floor(index / AT_A_TIME)}` } as Account;
    return rule({ account, identityFor: async () => "token" }, path).catch((error: unknown) => error);
  });
  await vi.waitFor(() => expect([under, outcomes.length]).toEqual([ALTOGETHER, 120 - ALTOGETHER - WAITING]), {
    timeout: 15_000,
  });
  release();
  const answers = await Promise.all(asking);
  expect(answers.filter((one) => one === true)).toHaveLength(ALTOGETHER + WAITING);
  expect(answers.at(-1)).toMatchObject({ code: "overloaded", retryAfterSeconds: 2 });
  expect(most).toBe(ALTOGETHER);
  expect(outcomes.filter((outcome) => outcome === "allowed")).toHaveLength(ALTOGETHER + WAITING);
});

test("the questions are counted by what came of them", async () => {
  const before = await Promise.all(["allowed", "forbidden", "fault"].map(counted));
  for (answer of [204, 403, 500]) await client.send("POST", "/auth/access", { path: "/songs/1" });
  const after = await Promise.all(["allowed", "forbidden", "fault"].map(counted));
  expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1, 1]);
});

function hold(): void {
  held = new Promise((resolve) => {
    release = resolve;
  });
}

async function counted(outcome: string): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const series = new RegExp(`^coatcheck_pass_rule_questions_total\\{outcome="${outcome}"\\} (\\d+)$`, "m");
  return Number(series.exec(text)?.[1]);
}

test("a route that asks for a misspelt role is told of at the start", () => {
  expect(gateway.log).toContain('"event":"role_of_no_account","role":"admn"');
});
