import { connect } from "node:net";
import { cpuSecondsOf } from "../http/process-usage.ts";

const MEGABYTE = 1_048_576;

export interface Download {
  readonly megabytesPerSecond: number;
  readonly cpuMillisecondsPerMegabyte: number;
}

/** One large file, as fast as it comes, by a plain socket. */
export async function download(port: number, request: string, processes: readonly number[]): Promise<Download> {
  const cpuBefore = cpuSecondsOf(processes);
  const begun = performance.now();
  const megabytes = (await receive(port, request)) / MEGABYTE;
  const seconds = (performance.now() - begun) / 1_000;
  const cpuMilliseconds = (cpuSecondsOf(processes) - cpuBefore) * 1_000;
  return { megabytesPerSecond: megabytes / seconds, cpuMillisecondsPerMegabyte: cpuMilliseconds / megabytes };
}

function receive(port: number, request: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = 0;
    let expected = Number.POSITIVE_INFINITY;
    socket.on("data", (piece) => {
      if (received === 0) {
        const head = piece.toString("latin1");
        const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
        expected = head.indexOf("\r\n\r\n") + 4 + length;
        if (!head.startsWith("HTTP/1.1 200") || !(expected > 0))
          return reject(new Error(`A download was answered ${head}`));
      }
      received += piece.length;
      if (received < expected) return;
      socket.destroy();
      resolve(received);
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error(`A download ended after ${received} bytes.`)));
    socket.write(request);
  });
}
