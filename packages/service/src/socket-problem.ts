import type { Duplex } from "node:stream";
import type { Problem } from "./problem.ts";

/**
 * Answers with a problem where there is no reply to answer by, only the connection; and then ends it, for what else
 * comes on it could not be told apart from what was refused.
 */
export function endWithProblem(socket: Duplex, problem: Problem, headers: Readonly<Record<string, string>>): void {
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
}
