import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** The problem object that says why. A client that asks for a WebSocket shows no page. */
const MAXIMUM_BODY_BYTES = 16 * 1_024;

/** Whether an answer says no to an upgrade, in a way that its client can act on: by a redirection, or an error. */
export function refusesUpgrade({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 300;
}

/** The body of a refusal, as it came; empty for one that is larger than a client would read. */
export async function readRefusal(answer: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length;
    // The connection to the service ends with it: what else it sends is not waited for.
    if (size > MAXIMUM_BODY_BYTES) return Buffer.alloc(0);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Answers as the service did, and ends the connection: what came on it meanwhile was meant for a WebSocket. */
export function writeRefusal(
  socket: Duplex,
  { status, headers, body }: { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer },
): void {
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index] !== "content-length") lines.push(`${headers[index]}: ${headers[index + 1]}`);
  }
  lines.push(`content-length: ${body.length}`, "connection: close");
  // As the parser read it: a byte each.
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  socket.end(Buffer.concat([head, body]), () => socket.destroy());
}
