import { afterEach, expect, test, vi } from "vitest";
import { GatewayProcess } from "../support/gateway-process.ts";
import type { Environment } from "../support/run-command.ts";

let gateway: GatewayProcess;

afterEach(() => gateway.dispose());

async function startGateway(environment: Environment): Promise<void> {
  gateway = await GatewayProcess.create(environment);
  await gateway.start();
}

const statusOf = async (path: string) => (await fetch(gateway.url + path)).status;

test("SIGTERM: load balancers hear first, and none of those they still send is turned away", async () => {
  // Longer than the test may take: a slow machine must not end the gateway before it was asked.
  await startGateway({ COATCHECK_STOP_DELAY_SECONDS: "60" });
  gateway.signal("SIGTERM");
  await vi.waitFor(async () => expect(await statusOf("/auth/health/ready")).toBe(503), {
    timeout: 20_000,
    interval: 50,
  });
  expect([await statusOf("/auth/me"), await statusOf("/auth/health/live")]).toEqual([401, 200]);
});

test("SIGTERM ends it in good order once the delay is over", async () => {
  await startGateway({ COATCHECK_STOP_DELAY_SECONDS: "1" });
  expect(await gateway.kill("SIGTERM")).toBe(0);
  expect(gateway.log).toContain('"event":"stopping"');
});

test("SIGHUP, as of a log rotation, does not end it", async () => {
  await startGateway({});
  gateway.signal("SIGHUP");
  await vi.waitFor(() => expect(gateway.log).toContain("sighup_ignored"), { timeout: 20_000 });
  expect(await statusOf("/auth/health/ready")).toBe(200);
});
