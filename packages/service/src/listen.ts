import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { FastifyInstance } from "fastify";
import { type OperatorErrorClass, systemCodeOf } from "./operator-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "the port is in use",
  EACCES: "this user may not listen there",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "the host name is unknown",
};

/**
 * Listens; for `localhost` on each loopback address that the name stands for here, since browsers choose either.
 *
 * @throws OperatorError `cannot_listen`
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
  OperatorError: OperatorErrorClass,
): Promise<void> {
  try {
    await listenAt(app, await addressesOf(host), port);
  } catch (cause) {
    const code = systemCodeOf(cause);
    const message = `Cannot listen on ${host}, port ${port}: ${REASONS[code] ?? code}.`;
    throw new OperatorError("cannot_listen", message, { cause });
  }
}

/** On several addresses as on one: there is one server. Where it cannot listen on all of them, it does on none. */
export async function listenAt(app: FastifyInstance, addresses: readonly string[], port: number): Promise<void> {
  try {
    await listenAtEach(app, addresses, port);
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function listenAtEach(app: FastifyInstance, addresses: readonly string[], port: number): Promise<void> {
  const [first, ...others] = addresses;
  const listeners = others.map((address) => ({ address, listener: secondListener(app) }));
  await app.listen({ port, ...(first === undefined ? {} : { host: first }) });
  const { port: chosenPort } = app.server.address() as AddressInfo;
  for (const { address, listener } of listeners) {
    listener.listen({ host: address, port: chosenPort });
    await once(listener, "listening");
  }
  for (const server of [app.server, ...listeners.map(({ listener }) => listener)]) logAcceptFailures(app, server);
}

/** A connection that could not be accepted, as when memory runs short, must not end the process. */
function logAcceptFailures({ log }: FastifyInstance, server: Server): void {
  server.on("error", (error) => log.warn({ event: "accept_failed", err: error }, "a connection could not be accepted"));
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (host !== "localhost") return [host];
  const found = await lookup(host, { all: true });
  return [...new Set(found.map(({ address }) => address))];
}

/** A second listener whose connections are handed to the app's one server, so its connection limits and request hooks apply. */
function secondListener(app: FastifyInstance): Server {
  // As HTTP servers are.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    app.server.emit("connection", socket),
  );
  let closed: Promise<unknown> = Promise.resolve();
  app.addHook("preClose", async () => {
    if (listener.listening) closed = once(listener.close(), "close");
  });
  // What is still being answered is waited for, as at the server itself.
  app.addHook("onClose", async () => void (await closed));
  return listener;
}
