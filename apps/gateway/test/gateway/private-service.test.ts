import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";
import { runCommand } from "../support/run-command.ts";

const DOCUMENT = resolve(import.meta.dirname, "../../../../docs/private-services.md");
const MAXIMUM_LINES = 10;
const ada = { email: "ada@example.com", password: "counting analytical engines" };

let folder: string;
let code: string;
const services: ChildProcess[] = [];
let serviceUrl: string;
let gateway: GatewayProcess;

/** The service as it stands in the document, but for where it and the gateway are. */
beforeAll(async () => {
  const port = await freePort();
  serviceUrl = `http://127.0.0.1:${port}`;
  const routes = [
    { path: "/app/", upstream: serviceUrl, access: "login" },
    { path: "/open/", upstream: serviceUrl, access: "public" },
    { path: "/other/", upstream: serviceUrl, access: "login", audience: "another service" },
  ];
  gateway = await GatewayProcess.create({ COATCHECK_ROUTES: JSON.stringify(routes) });
  await gateway.addUser(ada.email, ada.password, "Ada Lovelace");
  await runCommand(["users", "edit", ada.email, "--roles", "staff,admin"], gateway.environment);
  await gateway.start();

  code = /```js\n(.*?)```/s.exec(await readFile(DOCUMENT, "utf8"))?.[1] ?? "";
  // Where Node finds "coatcheck".
  folder = await mkdtemp(join(import.meta.dirname, ".private-service-"));
  await startService(gateway.url, port);
});

afterAll(async () => {
  for (const service of services) service.kill("SIGKILL");
  await gateway?.dispose();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

async function startService(gatewayUrl: string, port: number): Promise<string> {
  const url = `http://127.0.0.1:${port}`;
  const places = new Map([
    ["http://localhost:8080", gatewayUrl],
    ["http://127.0.0.1:3000", url],
    ["3000", String(port)],
  ]);
  const script = join(folder, `service-${port}.mjs`);
  await writeFile(
    script,
    code.replaceAll(new RegExp([...places.keys()].join("|"), "g"), (place) => places.get(place) ?? ""),
  );
  services.push(spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] }));
  await vi.waitFor(() => fetch(url), { timeout: 20_000, interval: 50 });
  return url;
}

test("is short", () => {
  const lines = code.split("\n").filter((line) => line !== "" && !line.startsWith("import "));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(MAXIMUM_LINES);
});

test("knows who asks by way of the gateway", async () => {
  const client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
  const answer = await client.send("GET", "/app/");
  expect([answer.status, await answer.text()]).toEqual([200, "Ada Lovelace: staff, admin"]);
});

test("refuses a client that reaches it directly, whatever it says", async () => {
  const claims = [
    {},
    { "remote-user": "ada", "remote-email": ada.email },
    { authorization: "Bearer nonsense" },
    { authorization: `Bearer ${token()}` },
    { authorization: `Bearer ${forgedToken()}` },
  ];
  for (const headers of claims) expect((await fetch(serviceUrl, { headers })).status).toBe(401);
});

test("refuses a token without a user, and one for another service", async () => {
  expect((await new Client(gateway.url).send("GET", "/open/")).status).toBe(401);
  const client = new Client(gateway.url);
  await client.login(ada.email, ada.password);
  expect((await client.send("GET", "/other/")).status).toBe(401);
});

test("refuses, and stays up, while it cannot read the gateway's keys", async () => {
  const url = await startService(`http://localhost:${await freePort()}`, await freePort());
  const headers = { authorization: `Bearer ${forgedToken()}` };
  for (let round = 0; round < 3; round += 1) expect((await fetch(url, { headers })).status).toBe(401);
});

/** A token that says all the right things. By default it has no signature. */
function token(algorithm = "none", signatureOf: (text: string) => string = () => ""): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: gateway.url, aud: serviceUrl, sub: "ada", client_id: "coatcheck", iat: now, exp: now + 60 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: algorithm, typ: "at+jwt", kid: "unknown" })}.${part(claims)}`;
  return `${text}.${signatureOf(text)}`;
}

/** Well signed, by a key that the gateway does not know. */
function forgedToken(): string {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer = { key, dsaEncoding: "ieee-p1363" } as const;
  return token("ES256", (text) => sign("sha256", Buffer.from(text), signer).toString("base64url"));
}
