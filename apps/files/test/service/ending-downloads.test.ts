import { readdirSync, readlinkSync } from "node:fs";
import { truncate } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startReading } from "../support/raw-request.ts";
import { ServiceUnderTest } from "../support/service-under-test.ts";
import { waitUntil } from "../support/wait-until.ts";

/** More than all the buffers between a server and a client who does not read. */
const LARGE_BYTES = 64_000_000;

let service: ServiceUnderTest;
let sockets: Socket[];

beforeEach(() => {
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await service.dispose();
});

async function read(path: string, token: string): Promise<Socket> {
  const socket = await startReading(`${service.url}${path}?token=${token}`);
  sockets.push(socket);
  return socket;
}

/** How much more comes until the server has ended the connection. Until now nothing was read, so it could not finish. */
async function drain(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on("error", () => {});
  socket.on("data", (chunk) => (bytes += chunk.length));
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return bytes;
}

const linesWith = (text: string) => service.log.filter((line) => line.includes(text));

describe("with a list of revocations", () => {
  beforeEach(async () => {
    service = await ServiceUnderTest.start({ hearsRevocations: true });
    await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
    await service.write("small.txt", "small");
  });

  test("a logout ends the downloads that are under way, and no others, within a poll or two", async () => {
    const [ada, grace] = [
      await service.passFor("/", { session: "ada" }),
      await service.passFor("/", { session: "grace" }),
    ];
    const [ended, expired, other] = [
      await read("/large.bin", ada),
      await read("/large.bin", await service.passFor("/", { session: "ada", lifetimeSeconds: 60 })),
      await read("/large.bin", grace),
    ];
    service.issuer.endSession("ada");
    await waitUntil("them to be cut", () => linesWith('"event":"download_cut"').length === 2);
    expect(await drain(ended)).toBeLessThan(LARGE_BYTES);
    expect(await drain(expired)).toBeLessThan(LARGE_BYTES);
    expect((await service.get("/small.txt", {}, ada)).status).toBe(401);
    expect(linesWith('"reason":"session_ended"')).toHaveLength(3);

    expect((await service.get("/small.txt", {}, grace)).status).toBe(200);
    expect(other.closed).toBe(false);
  });

  test("an issuer that goes away ends nothing that is under way", async () => {
    const socket = await read("/large.bin", await service.passFor("/"));
    service.issuer.isUp = false;
    await waitUntil("a poll to fail", () => linesWith('"event":"revocations_unreachable"').length > 0);
    service.issuer.isUp = true;
    await waitUntil("a poll to succeed", () => linesWith('"event":"revocations_reachable"').length > 0);
    expect(socket.closed).toBe(false);
    expect(linesWith('"event":"download_cut"')).toEqual([]);
  });
});

describe("without an issuer", () => {
  test("no pass is believed and no service is ready, until it is heard of", async () => {
    service = await ServiceUnderTest.start({ hearsRevocations: true, issuerIsUp: false });
    await service.write("small.txt", "small");
    const answers = [await service.get("/small.txt"), await fetch(`${service.url}/-/health/ready`)];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await answer.json()).toMatchObject({ code: "unavailable" });
    }
    expect((await fetch(`${service.url}/-/health/live`)).status).toBe(200);
  });

  test("keys that were never read are a fault of ours, and not of the pass", async () => {
    service = await ServiceUnderTest.start({ issuerIsUp: false });
    await service.write("small.txt", "small");
    expect((await service.get("/small.txt")).status).toBe(503);
    expect((await fetch(`${service.url}/-/health/ready`)).status).toBe(503);
  });
});

test("a download that takes too long is cut, and one that does not is not", async () => {
  service = await ServiceUnderTest.start({ maxDownloadSeconds: 1 });
  await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
  const token = await service.passFor("/large.bin");
  // Small enough to be through on the slowest of machines.
  const part = await service.get("/large.bin", { range: "bytes=0-99999" }, token);
  expect((await part.arrayBuffer()).byteLength).toBe(100_000);
  const socket = await read("/large.bin", token);
  await waitUntil("it to be cut", () => linesWith('"reason":"took_too_long"').length > 0);
  expect(await drain(socket)).toBeLessThan(LARGE_BYTES);
});

test("a download that its client gives up is in the log, as one that is not complete", async () => {
  service = await ServiceUnderTest.start();
  await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
  (await read("/large.bin", await service.passFor("/large.bin"))).destroy();
  await waitUntil("its line", () => linesWith('"event":"request"').length === 1);
  expect(linesWith('"event":"request"')[0]).toMatch(/"path":"\/large.bin","status":200,"complete":false/);
  await service.get("/large.bin", { range: "bytes=0-9" }).then((response) => response.text());
  await waitUntil("the next line", () => linesWith('"event":"request"').length === 2);
  expect(linesWith('"event":"request"')[1]).toContain('"complete":true');
});

test("a file that becomes shorter cuts its downloads off: nothing else is sent as the rest of it", async () => {
  service = await ServiceUnderTest.start();
  const place = await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
  const token = await service.passFor("/large.bin");
  const socket = await read("/large.bin", token);
  // The next request on the connection would be answered in the middle of what is missing.
  socket.write(`GET /large.bin?token=${token} HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-9\r\n\r\n`);
  await truncate(place, 1_000);
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await drain(socket);
  const received = Buffer.concat(chunks);
  expect(received.length).toBeLessThan(LARGE_BYTES);
  expect(received.toString("latin1").match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(linesWith('"event":"download_failed"')).toHaveLength(1);
});

test("closing lets short answers end, and does not wait for a client that never reads", {
  timeout: 30_000,
}, async () => {
  service = await ServiceUnderTest.start();
  await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
  const socket = await read("/large.bin", await service.passFor("/large.bin"));
  await service.close();
  expect(await drain(socket)).toBeLessThan(LARGE_BYTES);
  await expect(fetch(`${service.url}/-/health/live`)).rejects.toThrow();
});

describe("downloads that the client does not read", () => {
  test("end when nothing of them has moved for a while, and so does what they hold", async () => {
    service = await ServiceUnderTest.start({ maxStalledSeconds: 1 });
    await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
    const token = await service.passFor("/large.bin");
    const stalled = await Promise.all([read("/large.bin", token), read("/large.bin", token)]);
    await waitUntil("them to be cut", () => linesWith('"reason":"does_not_move"').length === 2);
    for (const socket of stalled) expect(await drain(socket)).toBeLessThan(LARGE_BYTES);
    expect(openDescriptorsOf(join(service.folder, "large.bin"))).toBe(0);
  });

  test("are only so many of one session, by whatever pass, and no other one's", async () => {
    service = await ServiceUnderTest.start({ maxDownloadsPerSession: 2 });
    const place = await service.write("large.bin", Buffer.alloc(LARGE_BYTES));
    const small = await service.write("small.txt", "small");
    const ada = () => service.passFor("/", { session: "ada" });
    const [first] = [await read("/large.bin", await ada()), await read("/large.bin", await ada())];
    const refused = await service.get("/small.txt", {}, await ada());
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.json()).toMatchObject({ code: "too_many_downloads" });
    if (process.platform === "linux") {
      // Two within a second read the same open file. The refused one opened none.
      expect([1, 2]).toContain(openDescriptorsOf(place));
      expect(openDescriptorsOf(small)).toBe(0);
    }
    expect((await service.get("/small.txt", {}, await service.passFor("/", { session: "grace" }))).status).toBe(200);

    first.destroy();
    let answer = refused;
    const isLetIn = async () => {
      answer = await service.get("/small.txt", {}, await ada());
      return answer.status === 200;
    };
    await waitUntil("the end of one to be noticed", isLetIn);
    expect(await answer.text()).toBe("small");
  });
});

/** Of this process, on Linux. Elsewhere nothing can be counted. */
function openDescriptorsOf(path: string): number {
  if (process.platform !== "linux") return 0;
  const folder = "/proc/self/fd";
  const targets = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      return "";
    }
  });
  return targets.filter((target) => target === path).length;
}
