import type { Socket } from "node:net";
import { endWithProblem, type ProblemTable, problemFrom } from "./problem.ts";

/** Answers bytes that are not an HTTP request, for which there is no request object. */
export function answerBrokenRequest(
  headers: Readonly<Record<string, string>>,
  problems: ProblemTable<"headers_too_large" | "invalid_request">,
): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // The client has gone, or has been answered already.
    if (error.code === "ECONNRESET" || !socket.writable || socket.bytesWritten > 0) return void socket.destroy(error);
    const code = error.code === "HPE_HEADER_OVERFLOW" ? "headers_too_large" : "invalid_request";
    endWithProblem(socket, problemFrom(problems, code), headers);
  };
}
