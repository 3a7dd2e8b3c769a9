import { connect } from "node:net";
import { AnswerReader } from "./answer-reader.ts";
import type { HttpContestant } from "./contestant.ts";

/** Asks one of a contestant's requests, and throws if it is not answered with 200 and what it should say. */
export async function expectAnswer({ name, port, requests, answer }: HttpContestant, index = 0): Promise<void> {
  const { status, text } = await ask(port, requests[index % requests.length] ?? "");
  if (status !== 200 || !text.includes(answer)) throw new Error(`${name}: a request was answered\n${text}`);
}

/** By a plain socket, so that exactly the request that is measured is sent. */
function ask(port: number, request: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let text = "";
    const reader = new AnswerReader((status) => {
      socket.destroy();
      resolve({ status, text });
    });
    socket.on("data", (piece) => {
      text += piece.toString("latin1");
      reader.read(piece);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`The connection was closed after: ${text}`)));
    socket.write(request);
  });
}
