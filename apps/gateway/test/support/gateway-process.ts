import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { makeDatabase } from "./make-database.ts";
import { cleanEnvironment, type Environment, program, runCommand } from "./run-command.ts";

/** A gateway in a process of its own, on a free port, over a fresh folder. */
export class GatewayProcess {
  readonly url: string;
  readonly folder: string;
  readonly environment: Environment;
  #child: ChildProcess | null = null;
  #log = "";

  private constructor(port: number, folder: string, environment: Environment) {
    this.url = `http://localhost:${port}`;
    this.folder = folder;
    this.environment = { COATCHECK_DATA: folder, PORT: String(port), ...environment };
  }

  static async create(environment: Environment = {}): Promise<GatewayProcess> {
    const folder = await mkdtemp(join(tmpdir(), "coatcheck-gateway-"));
    return new GatewayProcess(await freePort(), folder, environment);
  }

  /** Everything that the gateway wrote to standard error since it was created: its log. */
  get log(): string {
    return this.#log;
  }

  async addUser(email: string, password: string, name = "Someone"): Promise<void> {
    await makeDatabase(this.environment);
    const args = ["users", "add", email, "--name", name, "--password-stdin"];
    const result = await runCommand(args, this.environment, `${password}\n`);
    if (result.exitCode !== 0) throw new Error(`users add failed: ${result.stderr}`);
  }

  /** Starts the gateway and waits until it answers. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [program, "gateway"], {
      env: cleanEnvironment(this.environment),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    const ended = once(child, "close").then(() => {
      throw new Error(`The gateway ended:\n${this.#log}`);
    });
    await Promise.race([once(child.stdout, "data"), ended]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    await once(child, "exit");
    this.#child = null;
    return child.exitCode;
  }

  async dispose(): Promise<void> {
    await this.kill("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}
