import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface RunningApplication {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** Listens first, for an application has to know the origin that browsers see before it is put behind the server. */
export async function listen(port: number): Promise<RunningApplication> {
  const server = createServer().listen(port, "localhost");
  await once(server, "listening");
  // A server that listens on a port has an address that is not a path.
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${actualPort}`,
    server,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
