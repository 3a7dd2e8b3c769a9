import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export interface ProcessResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A file service in a process of its own. It runs what was built. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<ProcessResult>;
  #stdout = "";
  #stderr = "";

  constructor(environment: Readonly<Record<string, string>>) {
    // Nothing of the surroundings may configure what is tested.
    const env = { PATH: process.env.PATH, ...environment };
    this.#child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (chunk: Buffer) => (this.#stdout += chunk.toString()));
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#ended = once(this.#child, "close").then(() => this.#result());
  }

  /** Waits until it has named its URL, which it does once it answers. */
  async untilReady(): Promise<void> {
    if (this.#stdout !== "" || this.#child.stdout === null) return;
    const ended = this.#ended.then(({ stderr }) => {
      throw new Error(`The file service ended:\n${stderr}`);
    });
    await Promise.race([once(this.#child.stdout, "data"), ended]);
  }

  untilEnded(): Promise<ProcessResult> {
    return this.#ended;
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<ProcessResult> {
    if (this.#child.exitCode === null) this.#child.kill(signal);
    return this.#ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** What it wrote to standard error up to now. */
  get log(): string {
    return this.#stderr;
  }

  /** How many descriptors it has open: files, and connections. */
  get openDescriptors(): number {
    return readdirSync(`/proc/${this.#child.pid}/fd`).length;
  }

  /** How many bytes it has read since it began, from wherever. */
  get bytesRead(): number {
    return Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${this.#child.pid}/io`, "utf8"))?.[1]);
  }

  #result(): ProcessResult {
    return { exitCode: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }
}
