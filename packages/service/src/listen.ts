import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { FastifyInstance } from "fastify";
import { type OperatorErrorClass, systemCodeOf } from "./operator-error.ts";

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The variables that set host and port, for messages. */
  readonly env: { readonly host: string; readonly port: string };
}

/** The reasons of failures, each with a remedy for the operator. */
const REASONS: Readonly<Record<string, (env: ListenOptions["env"]) => string>> = {
  EADDRINUSE: ({ port }) => `the port is in use. End the program that uses it, or choose another port by ${port}`,
  EACCES: ({ port }) => `this user may not listen there. Choose a port above 1023 by ${port}`,
  EADDRNOTAVAIL: ({ host }) => `this machine has no such address. Set one that it has by ${host}`,
  ENOTFOUND: ({ host }) => `the host name is unknown. It is set by ${host}`,
};

/**
 * Listens. For `localhost` it listens on every loopback address that the name stands for here, because browsers choose
 * either.
 *
 * @throws OperatorError `cannot_listen`
 */
export async function listen(
  app: FastifyInstance,
  { host, port, env }: ListenOptions,
  OperatorError: OperatorErrorClass,
): Promise<void> {
  try {
    await listenAt(app, await addressesOf(host), port);
  } catch (cause) {
    const code = systemCodeOf(cause);
    const message = `Cannot listen on ${host}, port ${port}: ${REASONS[code]?.(env) ?? code}.`;
    throw new OperatorError("cannot_listen", message, { cause });
  }
}

/** Listens on all addresses with one server. If one of them fails, it listens on none. */
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

/** A connection that could not be accepted, for example for lack of memory, must not end the process. */
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
  // The options that HTTP servers use.
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    app.server.emit("connection", socket),
  );
  let closed: Promise<unknown> = Promise.resolve();
  app.addHook("preClose", async () => {
    if (listener.listening) closed = once(listener.close(), "close");
  });
  // Waits for answers that are under way, as the server itself does.
  app.addHook("onClose", async () => void (await closed));
  return listener;
}
