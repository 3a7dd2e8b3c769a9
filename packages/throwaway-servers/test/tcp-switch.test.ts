import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { TcpSwitch } from "../src/tcp-switch.ts";

test("a connection stays with its server, and the next one reaches the server that the name leads to now", async () => {
  const [old, next] = [await greeter("old"), await greeter("new")];
  const name = await TcpSwitch.start(old);
  onTestFinished(() => name.stop());
  const before = await greeting(name.port);
  name.switchTo(next);
  const after = await greeting(name.port);
  expect([before.text, after.text]).toEqual(["old", "new"]);
  expect(before.socket.destroyed).toBe(false);
});

async function greeter(text: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function greeting(port: number): Promise<{ readonly text: string; readonly socket: Socket }> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const [piece] = (await once(socket, "data")) as [Buffer];
  return { text: piece.toString(), socket };
}
