import { readdir, readlink } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServiceUnderTest } from "../support/service-under-test.ts";

let service: ServiceUnderTest;

beforeAll(async () => {
  service = await ServiceUnderTest.start();
  await service.write("songs/long.flac", Buffer.alloc(20_000_000, "x"));
});

afterAll(() => service.dispose());

/** How often this process, which the service is in, has the file open. */
async function openFiles(): Promise<number> {
  const folder = "/proc/self/fd";
  const targets = await Promise.all(
    (await readdir(folder)).map((name) => readlink(`${folder}/${name}`).catch(() => "")),
  );
  return targets.filter((target) => target.endsWith("/songs/long.flac")).length;
}

/** Asks so often without reading an answer. */
async function askedWithoutReading(times: number): Promise<Socket> {
  const { port, host } = new URL(service.url);
  const token = await service.passFor("/songs/long.flac");
  const socket = connect(Number(port), "localhost").pause();
  socket.on("error", () => {});
  socket.write(`GET /songs/long.flac?token=${token} HTTP/1.1\r\nHost: ${host}\r\n\r\n`.repeat(times));
  return socket;
}

test("a connection that asks a few times at once has all its files closed when it ends", async () => {
  const socket = await askedWithoutReading(8);
  await expect.poll(openFiles).toBe(8);
  socket.destroy();
  await expect.poll(openFiles).toBe(0);
});

test("one that asks hundreds of times is ended, and leaves nothing open", async () => {
  const socket = await askedWithoutReading(300);
  socket.resume();
  await new Promise((resolve) => socket.once("close", resolve));
  await expect.poll(openFiles).toBe(0);
  expect((await service.get("/songs/long.flac", { range: "bytes=0-1" })).status).toBe(206);
});
