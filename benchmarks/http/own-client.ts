import type { Client, Load, LoadResult } from "./load.ts";
import { ServedProcess } from "./served-process.ts";

/** Where wrk is missing: plain sockets in a process of their own, with nothing between them and the answers. */
export class OwnClient implements Client {
  readonly name = "a client of plain sockets (wrk is not installed)";
  readonly #process: ServedProcess;

  private constructor(process: ServedProcess) {
    this.#process = process;
  }

  static async start(): Promise<OwnClient> {
    return new OwnClient(await ServedProcess.startBesideClient(new URL("./serve.js", import.meta.url), []));
  }

  async run(load: Load): Promise<LoadResult> {
    return (await this.#process.ask(load)) as LoadResult;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}
