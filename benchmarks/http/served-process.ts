import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onServerCore } from "./cores.ts";
import { OTHER_BUILD, OTHER_BUILD_FLAGS } from "./other-build-flags.ts";

/**
 * For all contestants alike. With its defaults Node 20 lets the young generation grow in steps, and which functions V8
 * optimizes depends on the collections of the start: some processes then spend a tenth of their time in one object literal.
 */
export const NODE_FLAGS: readonly string[] = ["--min-semi-space-size=16", "--max-semi-space-size=16"];

export interface StartOptions {
  /** Of Node, besides those of all contestants. */
  readonly flags?: readonly string[];
  /** The folder of another checkout, whose `coatcheck` is used in place of this one's. */
  readonly otherBuild?: string | undefined;
}

/** A contestant in a process of its own, so that no two share an event loop. Its script tells the parent its port. */
export class ServedProcess {
  readonly port: number;
  readonly pid: number;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
    this.pid = process.pid ?? 0;
  }

  /** `script` is the URL of a compiled module that sends its port, and ends when its parent does. */
  static start(script: URL, parameters: readonly string[], options: StartOptions = {}): Promise<ServedProcess> {
    const { flags = [], otherBuild } = options;
    const otherFlags = otherBuild === undefined ? [] : OTHER_BUILD_FLAGS;
    const words = [...NODE_FLAGS, ...flags, ...otherFlags, fileURLToPath(script), ...parameters];
    const environment = otherBuild === undefined ? {} : { [OTHER_BUILD]: otherBuild };
    return ServedProcess.#launch(...onServerCore(process.execPath, words), environment);
  }

  /** The same on the client's core: for what contestants need, and is not measured. */
  static startBesideClient(script: URL, parameters: readonly string[]): Promise<ServedProcess> {
    return ServedProcess.#launch(process.execPath, [fileURLToPath(script), ...parameters]);
  }

  static async #launch(command: string, words: string[], environment = {}): Promise<ServedProcess> {
    const env = { ...process.env, ...environment };
    const child = spawn(command, words, { env, stdio: ["ignore", "inherit", "inherit", "ipc"] });
    const ended = new Promise<never>((_, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => reject(new Error(`${words.join(" ")} ended with ${code ?? signal}.`)));
    });
    // Of no interest once it has started.
    ended.catch(() => {});
    const [port] = (await Promise.race([once(child, "message"), ended])) as [number];
    return new ServedProcess(child, port);
  }

  /** Sends its script a message, and resolves with what that sends back. */
  async ask(message: object | string): Promise<unknown> {
    this.#process.send(message);
    const [answer] = await once(this.#process, "message");
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, "exit");
    this.#process.kill();
    await exit;
  }
}
