import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { uploadOf } from "../../../src/proxy/upstream/upload.ts";

const LONG = 60_000;
const options = (silenceMilliseconds: number) => ({ silenceMilliseconds, onProgress: () => {} });

/** Lets time pass by hand. Sockets go on by themselves. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** A request of so many bytes, of which none came yet. */
async function uploading(length: number): Promise<{ readonly request: IncomingMessage; readonly client: Socket }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.on("error", () => {});
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  const asked = once(server, "request");
  client.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`);
  const [request] = (await asked) as [IncomingMessage];
  return { request, client };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test("a body comes as it is sent, however long that takes", async () => {
  stopTime();
  const { request, client } = await uploading(10);
  const body = textOf(uploadOf(request, options(500)));
  for (let index = 0; index < 10; index++) {
    const came = once(request, "data");
    client.write(String(index));
    await came;
    vi.advanceTimersByTime(499);
  }
  expect(await body).toBe("0123456789");
});

test("a client that falls silent is not waited for, and what came is no whole body", async () => {
  const { request, client } = await uploading(10);
  const closed = once(client, "close");
  client.write("01234");
  await expect(textOf(uploadOf(request, options(50)))).rejects.toThrow("broke off");
  await closed;
});

test("a client that leaves has sent no whole body", async () => {
  const { request, client } = await uploading(10);
  const body = textOf(uploadOf(request, options(LONG)));
  client.write("01234");
  await once(request, "data");
  client.destroy();
  await expect(body).rejects.toThrow("broke off");
});

test("a client is not taken for silent while its body is not read", async () => {
  stopTime();
  const size = 8_000_000;
  const { request, client } = await uploading(size);
  const body = uploadOf(request, options(50));
  client.write(Buffer.alloc(size, "x"));
  await expect.poll(() => body.readableLength).toBeGreaterThanOrEqual(body.readableHighWaterMark);
  vi.advanceTimersByTime(300);
  expect((await textOf(body)).length).toBe(size);
});

test("a body that is no longer wanted is read and dropped", async () => {
  const size = 8_000_000;
  const { request, client } = await uploading(size);
  uploadOf(request, options(LONG)).destroy();
  const ended = once(request, "end");
  client.write(Buffer.alloc(size, "x"));
  await ended;
  expect([request.complete, request.destroyed && !request.readableEnded]).toEqual([true, false]);
});
