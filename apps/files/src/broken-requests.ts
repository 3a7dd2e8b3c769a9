import type { Socket } from "node:net";
import { problemObject } from "./problem.ts";
import type { FixedHeaders } from "./security-headers.ts";

/**
 * Answers what is no HTTP request, so that there is no request to answer: a problem like any other, then the end of the
 * connection, for nobody knows where the next request would begin.
 */
export function answerBrokenRequest(headers: FixedHeaders): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // The client has gone, or has been answered already.
    if (error.code === "ECONNRESET" || !socket.writable || socket.bytesWritten > 0) return void socket.destroy(error);
    const problem = problemObject(error.code === "HPE_HEADER_OVERFLOW" ? "headers_too_large" : "invalid_request");
    const body = JSON.stringify(problem);
    const lines = [
      `HTTP/1.1 ${problem.status} ${problem.title}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      "cache-control: no-store",
      "content-type: application/problem+json; charset=utf-8",
      `content-length: ${Buffer.byteLength(body)}`,
      "connection: close",
    ];
    // A client that never closes its side must not keep the socket.
    socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
  };
}
