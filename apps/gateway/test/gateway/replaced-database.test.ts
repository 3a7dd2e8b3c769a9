import { copyFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { GatewayProcess } from "../support/gateway-process.ts";

let gateway: GatewayProcess;
let path: string;

beforeAll(async () => {
  gateway = await GatewayProcess.create();
  path = join(gateway.folder, "coatcheck.sqlite");
  await gateway.addUser("ada@example.com", "counting analytical engines");
  await gateway.start();
});

afterAll(() => gateway?.dispose());

const readiness = async () => (await new Client(gateway.url).send("GET", "/auth/health/ready")).status;

test("a gateway whose database was moved, deleted or replaced does not say that it is ready", async () => {
  expect(await readiness()).toBe(200);
  await copyFile(path, `${path}.backup`);
  await rename(path, `${path}.moved`);
  await expect.poll(readiness, { timeout: 10_000 }).toBe(503);
  expect(gateway.log).toContain("is no longer the file that was opened");
  // A backup is put in its place while the gateway runs.
  await copyFile(`${path}.backup`, path);
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await readiness()).toBe(503);
  }
  await rm(path);
  await rename(`${path}.moved`, path);
  await expect.poll(readiness, { timeout: 10_000 }).toBe(200);
});
