import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Issuer } from "../support/issuer.ts";
import { ServiceProcess } from "../support/service-process.ts";

let folder: string;
let issuer: Issuer;
let url: string;
let service: ServiceProcess;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coatcheck-files-"));
  await writeFile(join(folder, "one.txt"), "one");
  issuer = await Issuer.start();
});

/** @param delaySeconds how long it goes on once it is told to stop */
async function startService(delaySeconds: number): Promise<void> {
  const port = await freePort();
  url = `http://localhost:${port}`;
  service = new ServiceProcess({
    FILES_PORT: String(port),
    COATCHECK_ISSUER: issuer.url,
    COATCHECK_FILES_SOURCE: `folder:${folder}`,
    COATCHECK_STOP_DELAY_SECONDS: String(delaySeconds),
  });
  await service.untilReady();
}

afterEach(async () => {
  await service.stop("SIGKILL");
  await issuer.close();
  await rm(folder, { recursive: true });
});

const statusOf = async (path: string) => (await fetch(url + path)).status;

test("SIGTERM: load balancers hear first, and downloads that they still send are served", async () => {
  // Longer than the test may take: a slow machine must not end the service before it was asked.
  await startService(60);
  const token = await issuer.passFor(url, "/one.txt");
  await vi.waitFor(async () => expect(await statusOf("/-/health/ready")).toBe(200), { timeout: 20_000 });
  service.signal("SIGTERM");
  await vi.waitFor(async () => expect(await statusOf("/-/health/ready")).toBe(503), { timeout: 20_000 });
  expect([await statusOf(`/one.txt?token=${token}`), await statusOf("/-/health/live")]).toEqual([200, 200]);
});

test("SIGTERM ends it in good order once the delay is over", async () => {
  await startService(1);
  expect(await service.stop("SIGTERM")).toMatchObject({ exitCode: 0 });
});

test("SIGHUP, as of a log rotation, does not end it", async () => {
  await startService(0);
  const token = await issuer.passFor(url, "/one.txt");
  service.signal("SIGHUP");
  await vi.waitFor(() => expect(service.log).toContain("sighup_ignored"), { timeout: 20_000 });
  expect(await statusOf(`/one.txt?token=${token}`)).toBe(200);
});
