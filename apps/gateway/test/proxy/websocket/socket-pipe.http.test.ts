import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { pipeSockets } from "../../../src/proxy/websocket/socket-pipe.ts";

const NOTHING = Buffer.alloc(0);
/** More than any buffer between the two sides takes. */
const MUCH = Buffer.alloc(32 * 1_024 * 1_024);

/** Two ends of a connection: the peer's and the gateway's. */
async function connection(): Promise<{ readonly theirs: Socket; readonly ours: Socket }> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const theirs = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [ours] = (await once(server, "connection")) as [Socket];
  for (const socket of [theirs, ours]) socket.on("error", () => {});
  onTestFinished(() => {
    theirs.destroy();
    ours.destroy();
    server.close();
  });
  return { theirs, ours };
}

async function joined(stalledMilliseconds?: number) {
  const [client, service] = [await connection(), await connection()];
  const sides = { socket: client.ours, upstream: service.ours, head: NOTHING, first: NOTHING };
  const bound = stalledMilliseconds === undefined ? {} : { stalledMilliseconds };
  pipeSockets({ ...sides, onClientData: () => {}, ...bound });
  return { client, service };
}

test("a client that reads nothing does not outlive the service", async () => {
  const { client, service } = await joined();
  client.theirs.pause();
  service.theirs.write(MUCH);
  await vi.waitFor(() => expect(client.ours.writableNeedDrain).toBe(true), { timeout: 15_000 });
  service.theirs.resetAndDestroy();
  // Back-pressure hides the end from us until our side is read again, so we are told.
  service.ours.destroy();
  await vi.waitFor(() => expect(client.ours.destroyed).toBe(true), { timeout: 10_000 });
});

test("a service that reads nothing does not outlive the client", async () => {
  const { client, service } = await joined(100);
  service.theirs.pause();
  client.theirs.write(MUCH);
  await vi.waitFor(() => expect(service.ours.writableNeedDrain).toBe(true), { timeout: 15_000 });
  client.theirs.destroy();
  await vi.waitFor(() => expect(service.ours.destroyed).toBe(true), { timeout: 10_000 });
});

test("who takes nothing for too long is cut off, and with them the other side", async () => {
  const { client, service } = await joined(100);
  client.theirs.pause();
  service.theirs.write(MUCH);
  await vi.waitFor(() => expect([client.ours.destroyed, service.ours.destroyed]).toEqual([true, true]), {
    timeout: 10_000,
  });
});

test("who is slow gets everything", async () => {
  const { client, service } = await joined();
  let received = 0;
  client.theirs.on("data", (piece: Buffer) => {
    received += piece.length;
    client.theirs.pause();
    setImmediate(() => client.theirs.resume());
  });
  service.theirs.write(MUCH);
  await vi.waitFor(() => expect(received).toBe(MUCH.length), { timeout: 20_000 });
});

test("what is on its way arrives, though the service closes right after it", async () => {
  const { client, service } = await joined();
  const received: Buffer[] = [];
  client.theirs.on("data", (piece: Buffer) => received.push(piece));
  service.theirs.end(Buffer.from("farewell"));
  await once(client.theirs, "end");
  expect(Buffer.concat(received).toString()).toBe("farewell");
});
