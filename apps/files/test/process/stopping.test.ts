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
  const port = await freePort();
  url = `http://localhost:${port}`;
  service = new ServiceProcess({
    FILES_PORT: String(port),
    COATCHECK_ISSUER: issuer.url,
    COATCHECK_FILES_SOURCE: `folder:${folder}`,
    COATCHECK_STOP_DELAY_SECONDS: "3",
  });
  await service.untilReady();
});

afterEach(async () => {
  await service.stop("SIGKILL");
  await issuer.close();
  await rm(folder, { recursive: true });
});

const statusOf = async (path: string) => (await fetch(url + path)).status;

test("SIGTERM: load balancers hear first, and downloads that they still send are served", async () => {
  const token = await issuer.passFor(url, "/one.txt");
  await vi.waitFor(async () => expect(await statusOf("/-/health/ready")).toBe(200), { timeout: 5_000 });
  const ended = service.stop("SIGTERM");
  await vi.waitFor(async () => expect(await statusOf("/-/health/ready")).toBe(503), {
    timeout: 2_500,
    interval: 20,
  });
  expect([await statusOf(`/one.txt?token=${token}`), await statusOf("/-/health/live")]).toEqual([200, 200]);
  expect(await ended).toMatchObject({ exitCode: 0 });
});

test("SIGHUP, as of a log rotation, does not end it", async () => {
  const token = await issuer.passFor(url, "/one.txt");
  service.signal("SIGHUP");
  await vi.waitFor(() => expect(service.log).toContain("sighup_ignored"), { timeout: 5_000 });
  expect(await statusOf(`/one.txt?token=${token}`)).toBe(200);
});
