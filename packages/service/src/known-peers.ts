import type { Server, Socket } from "node:net";

/**
 * Ends connections whose other side is gone already: a request may have come, and nobody could say from where. Asked once
 * at the beginning, an address stays known, whatever happens to the connection.
 */
export function requireKnownPeers(server: Server): void {
  server.prependListener("connection", (socket: Socket) => {
    if (socket.remoteAddress === undefined) socket.destroy();
  });
}
