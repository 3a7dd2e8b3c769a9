import type { Server as HttpServer, ServerResponse } from "node:http";
import type { Server, Socket } from "node:net";

/**
 * Closes connections whose other side has gone before the gateway read its address: a request may already have arrived,
 * and its address could no longer be found out. An address that was read once at the beginning stays known, whatever
 * happens to the connection.
 */
export function requireKnownPeers(server: Server): void {
  server.prependListener("connection", (socket: Socket) => {
    if (socket.remoteAddress === undefined) socket.destroy();
  });
}

/**
 * Answers 417 to every Expect header but "100-continue", which Node handles (RFC 9110, 10.1.1). A client that expects
 * something else may send its body all the same, so the connection closes.
 */
export function refuseExpectations(server: HttpServer): void {
  server.on("checkExpectation", (_request, response: ServerResponse) => {
    response.writeHead(417, { connection: "close", "content-length": "0" }).end();
  });
}
