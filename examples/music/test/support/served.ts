import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";

export interface Served {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** A server on a free port of the loopback addresses. */
export async function serve(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return {
    url: `http://localhost:${address.port}`,
    server,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
