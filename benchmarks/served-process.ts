import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A contestant in a process of its own, so that no two share an event loop. Its script tells the parent its port. */
export class ServedProcess {
  readonly port: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** `script` is the URL of a compiled module that sends its port, and ends when its parent does. */
  static async start(script: URL, parameters: readonly string[]): Promise<ServedProcess> {
    const child = fork(fileURLToPath(script), parameters);
    const [port] = (await once(child, "message")) as [number];
    return new ServedProcess(child, port);
  }

  stop(): void {
    this.#process.kill();
  }
}
