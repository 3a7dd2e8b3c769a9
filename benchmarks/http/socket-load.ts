import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { AnswerReader } from "./answer-reader.ts";
import type { Load, LoadResult } from "./load.ts";

/** Plain sockets that each send the next request as soon as the answer to their last one is there. */
export class SocketLoad {
  readonly #load: Load;
  readonly #requests: readonly Buffer[];
  readonly #latencies: number[] = [];
  #next = 0;
  #refused = 0;
  #failed = 0;
  #ended = false;

  constructor(load: Load) {
    this.#load = load;
    this.#requests = load.requests.map((text) => Buffer.from(text, "latin1"));
  }

  async run(): Promise<LoadResult> {
    const cpuBefore = process.cpuUsage();
    const begun = performance.now();
    const sockets = Array.from({ length: this.#load.connections }, () => this.#open());
    await pause(this.#load.seconds * 1_000);
    this.#ended = true;
    const seconds = (performance.now() - begun) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    for (const socket of sockets) socket.destroy();
    this.#latencies.sort((first, second) => first - second);
    return {
      answers: this.#latencies.length,
      refused: this.#refused,
      failed: this.#failed,
      seconds,
      p50Milliseconds: this.#percentile(0.5),
      p99Milliseconds: this.#percentile(0.99),
      clientCpuSeconds: (cpu.user + cpu.system) / 1e6,
    };
  }

  #open(): Socket {
    const socket = connect({ port: this.#load.port, host: "127.0.0.1", noDelay: true });
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      socket.write(this.#requests[this.#next++ % this.#requests.length] ?? "");
    };
    const reader = new AnswerReader((status) => {
      if (this.#ended) return;
      this.#latencies.push(performance.now() - sentAt);
      if (status >= 400) this.#refused += 1;
      send();
    });
    socket.on("connect", send);
    socket.on("data", (piece) => reader.read(piece));
    socket.on("error", () => {});
    socket.on("close", () => {
      if (!this.#ended) this.#failed += 1;
    });
    return socket;
  }

  #percentile(share: number): number {
    return this.#latencies[Math.floor(this.#latencies.length * share)] ?? Number.NaN;
  }
}
