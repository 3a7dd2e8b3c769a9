import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@coatcheck/throwaway-servers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Issuer } from "../support/issuer.ts";
import { startReading, startRequest } from "../support/raw-request.ts";
import { S3Server } from "../support/s3-server.ts";
import { ServiceProcess } from "../support/service-process.ts";
import { waitUntil } from "../support/wait-until.ts";

const LARGE_BYTES = 64_000_000;
const ABORTS = 3_000;
/** At a time: more than enough to have them in every state of a download. */
const LANES = 32;

let folder: string;
let issuer: Issuer;
let url: string;
let service: ServiceProcess;
let environment: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "coatcheck-files-"));
  issuer = await Issuer.start();
  const port = await freePort();
  url = `http://localhost:${port}`;
  environment = {
    FILES_PORT: String(port),
    COATCHECK_ISSUER: issuer.url,
    COATCHECK_LOG_LEVEL: "warn",
    COATCHECK_FILES_SOURCE: `folder:${folder}`,
  };
});

afterEach(async () => {
  await service.stop("SIGKILL");
  await issuer.close();
  await rm(folder, { recursive: true });
});

async function start(more: Readonly<Record<string, string>> = {}): Promise<void> {
  service = new ServiceProcess({ ...environment, ...more });
  await service.untilReady();
}

/** Begins downloads and leaves them: some before anything came, some in the middle. */
async function abort(count: number, paths: readonly string[]): Promise<void> {
  const token = await issuer.passFor(url, "/");
  let begun = 0;
  async function lane(): Promise<void> {
    while (begun < count) {
      const turn = begun++;
      const path = paths[turn % paths.length];
      // Connections of their own: those that a client keeps for later would look like a leak.
      const download = `${url}${path}?token=${token}`;
      if (turn % 2 === 0) (await startReading(download)).destroy();
      else await leaveAfter(turn % 20, download);
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Leaves after so many turns of the loop, wherever the server then is with it. */
async function leaveAfter(turns: number, download: string): Promise<void> {
  const socket = startRequest(download);
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
}

async function expectNothingLeaked(count: number, paths: readonly string[]): Promise<void> {
  // Once, so that everything that stays is there: pools of connections, what is loaded when it is needed.
  await abort(LANES * 2, paths);
  await waitUntil("the first to be gone", () => service.openDescriptors < 60);
  await sleep(100);
  const before = service.openDescriptors;
  await abort(count, paths);
  await waitUntil(`${before} descriptors`, () => service.openDescriptors <= before);
  const response = await fetch(`${url}${paths[0]}?token=${await issuer.passFor(url, "/")}`, {
    headers: { range: "bytes=0-9" },
  });
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([206, 10]);
}

describe("a process", () => {
  test("leaks no descriptor over thousands of downloads that are left", { timeout: 120_000 }, async () => {
    await writeFile(join(folder, "large.bin"), Buffer.alloc(LARGE_BYTES));
    await writeFile(join(folder, "small.bin"), Buffer.alloc(20_000));
    await start();
    await expectNothingLeaked(ABORTS, ["/large.bin", "/small.bin", "/none.bin"]);
    expect((await service.stop()).stderr).toBe("");
  });

  test("leaks no connection to a bucket, either", { timeout: 120_000 }, async () => {
    const bucket = await S3Server.start();
    bucket.put("large.bin", Buffer.alloc(LARGE_BYTES / 8));
    bucket.put("small.bin", Buffer.alloc(20_000));
    await start({
      COATCHECK_FILES_SOURCE: `s3://${bucket.bucket}?endpoint=${bucket.endpoint}`,
      AWS_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
    });
    await expectNothingLeaked(ABORTS / 5, ["/large.bin", "/small.bin", "/none.bin"]);
    await bucket.close();
  });

  test("reads no further ahead than its clients do", async () => {
    await writeFile(join(folder, "large.bin"), Buffer.alloc(LARGE_BYTES));
    await start();
    const token = await issuer.passFor(url, "/large.bin");
    const before = service.bytesRead;
    const readers: Socket[] = [];
    for (let count = 0; count < 20; count++) readers.push(await startReading(`${url}/large.bin?token=${token}`));
    let [last, now] = [-1, 0];
    await waitUntil("it to have filled every buffer", async () => {
      [last, now] = [now, service.bytesRead];
      await sleep(200);
      return now === last;
    });
    // What systems buffer of a connection is a few megabytes; the files are ten times that.
    expect(now - before).toBeLessThan((readers.length * LARGE_BYTES) / 2);
    for (const reader of readers) reader.destroy();
  });

  test("names its URL once it answers, and stops when it is told to", async () => {
    await writeFile(join(folder, "one.txt"), "one");
    await start();
    const response = await fetch(`${url}/one.txt?token=${await issuer.passFor(url, "/one.txt")}`);
    expect(await response.text()).toBe("one");
    expect(await service.stop()).toMatchObject({ exitCode: 0, stdout: `${url}/\n` });
  });
});

describe("a process that cannot do what it is told", () => {
  test.each([
    ["an issuer is missing", { COATCHECK_ISSUER: "" }, "COATCHECK_ISSUER must be given"],
    ["a folder is not there", { COATCHECK_FILES_SOURCE: "folder:/nowhere/at/all" }, "ENOENT"],
    ["a name is misspelt", { COATCHECK_FILES_SORCE: "x" }, "Did you mean COATCHECK_FILES_SOURCE?"],
    ["keys are not there", { COATCHECK_ACCESS_JWKS: "/nowhere/keys.json" }, "cannot be read: ENOENT"],
    ["a port is not to be had", { HOST: "192.0.2.1" }, "this machine has no such address"],
  ])("says so in one line: %s", async (_, more, message) => {
    service = new ServiceProcess({ ...environment, ...more });
    const { exitCode, stdout, stderr } = await service.untilEnded();
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(message)]);
  });

  test("that is a port in use, too", async () => {
    await start();
    const second = new ServiceProcess(environment);
    expect(await second.untilEnded()).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("in use") });
  });
});
