import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

const ada = { email: "ada@example.com", password: "counting analytical engines" };
const AT_A_TIME = 4;
const paths = Array.from({ length: 100 }, (_, index) => `/songs/${index}`);

let application: Server;
let gateway: GatewayProcess;
let client: Client;
let answer: number;
let asked: number;
let under: number;
let most: number;

beforeAll(async () => {
  application = createServer(async (request, response) => {
    request.resume();
    asked += 1;
    under += 1;
    most = Math.max(most, under);
    await delay(5);
    under -= 1;
    response.writeHead(answer).end();
  });
  application.listen(0, "127.0.0.1");
  await once(application, "listening");
  const { port } = application.address() as AddressInfo;
  const role = { path: "/admin/", upstream: `http://127.0.0.1:${port}`, access: "role:admn" };
  gateway = await GatewayProcess.create({
    COATCHECK_FILES_URL: "http://localhost:9",
    COATCHECK_PASS_RULE_URL: `http://127.0.0.1:${port}/rule`,
    COATCHECK_ROUTES: JSON.stringify([role]),
  });
  await gateway.addUser(ada.email, ada.password);
  await gateway.start();
  client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
});

beforeEach(() => {
  [asked, under, most] = [0, 0, 0];
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

test("a route that asks for a misspelt role is told of at the start", () => {
  expect(gateway.log).toContain('"event":"role_of_no_account","role":"admn"');
});
