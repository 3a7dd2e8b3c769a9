import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";

/** Connections by which a request went before. */
const used = new WeakSet<Socket>();
/** The request that is just being written: the HTTP client says by which connection before it does anything else. */
let beingWritten: SentRequest | null = null;

subscribe("undici:client:sendHeaders", (message) => {
  const { socket } = message as { readonly socket: Socket };
  beingWritten?.goesBy(socket, used.has(socket));
  beingWritten = null;
  used.add(socket);
});

/**
 * SentRequest knows by which connection a request went, and so whether it met one that the service was just closing: it went
 * by one that had served before, and not a byte came. The service has most likely not seen it (RFC 9112, 9.3.1).
 */
export class SentRequest {
  #connection: { readonly socket: Socket; readonly wasUsed: boolean; readonly bytesBefore: number } | null = null;

  /** The HTTP client is about to write it. */
  begins(): void {
    beingWritten = this;
  }

  goesBy(socket: Socket, wasUsed: boolean): void {
    this.#connection = { socket, wasUsed, bytesBefore: socket.bytesRead };
  }

  /** To be asked when its connection has failed. */
  get metClosingConnection(): boolean {
    const connection = this.#connection;
    return connection?.wasUsed === true && connection.socket.bytesRead === connection.bytesBefore;
  }
}
