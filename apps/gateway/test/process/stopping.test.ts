import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GatewayProcess } from "../support/gateway-process.ts";

let gateway: GatewayProcess;

beforeEach(async () => {
  gateway = await GatewayProcess.create({ COATCHECK_STOP_DELAY_SECONDS: "3" });
  await gateway.start();
});

afterEach(() => gateway.dispose());

const statusOf = async (path: string) => (await fetch(gateway.url + path)).status;

test("SIGTERM: load balancers hear first, and none of those they still send is turned away", async () => {
  const ended = gateway.kill("SIGTERM");
  await vi.waitFor(async () => expect(await statusOf("/auth/health/ready")).toBe(503), {
    timeout: 2_500,
    interval: 20,
  });
  expect([await statusOf("/auth/me"), await statusOf("/auth/health/live")]).toEqual([401, 200]);
  expect(await ended).toBe(0);
});

test("SIGHUP, as of a log rotation, does not end it", async () => {
  gateway.signal("SIGHUP");
  await vi.waitFor(() => expect(gateway.log).toContain("sighup_ignored"), { timeout: 5_000 });
  expect(await statusOf("/auth/health/ready")).toBe(200);
});
