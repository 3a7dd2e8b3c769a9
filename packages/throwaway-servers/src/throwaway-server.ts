import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isFreePort, randomPort } from "./free-port.ts";
import { continueFamily, signal, stopFamily, untilGone } from "./process-family.ts";
import { type Program, programPath } from "./programs.ts";
import { createFolder, PROCESS_ID_FILE } from "./runner-folder.ts";
import type { ProgramUser } from "./unprivileged-user.ts";

export interface ServerPlan {
  readonly program: Program;
  readonly user?: ProgramUser | undefined;
  /** What it logs once it answers. A connection would prove less: another server may be listening on that port. */
  readonly readyMessage: string;
  /** What ends it for good. Postgres leaves shared memory behind if it is killed. */
  readonly stopSignal: "SIGKILL" | "SIGQUIT" | "SIGTERM";
  /** On a port that is taken it would listen too (SO_REUSEPORT), or try again for seconds: the port is looked at before. */
  readonly needsFreePort?: boolean;
  /** Fills its folder before the first start. */
  prepare?(folder: string, port: number): Promise<void>;
  /** Variables besides those of this process: where it keeps its files, if nothing else can say that. */
  environment?(folder: string): Readonly<Record<string, string>>;
  programArguments(folder: string, port: number): readonly string[];
}

const START_TIMEOUT_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 3;
const LOG_LINES_IN_ERRORS = 20;
const PORT_ATTEMPTS = 10;

/** A server of this process: on a port of its own, in a folder of its own, and gone when this process is. */
export class ThrowawayServer {
  readonly port: number;
  readonly folder: string;
  readonly #plan: ServerPlan;
  #process: ChildProcess | undefined;
  #paused = false;

  static async start(plan: ServerPlan): Promise<ThrowawayServer> {
    for (let attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
      const port = randomPort();
      if (plan.needsFreePort && !(await isFreePort(port))) continue;
      const server = new ThrowawayServer(plan, port, createFolder(plan.user));
      await plan.prepare?.(server.folder, port);
      if ((await server.#launch()) === "ready") return server;
      await server.stop();
    }
    throw new Error(`${plan.program} found no free port in ${PORT_ATTEMPTS} attempts.`);
  }

  private constructor(plan: ServerPlan, port: number, folder: string) {
    this.#plan = plan;
    this.port = port;
    this.folder = folder;
  }

  /** Whether it can answer: neither killed nor paused. */
  get answers(): boolean {
    return this.#process !== undefined && !hasEnded(this.#process) && !this.#paused;
  }

  /** Of the running program. Throws where it does not run. */
  get processId(): number {
    const child = this.#process;
    if (child?.pid === undefined || hasEnded(child)) throw this.#fault("does not run");
    return child.pid;
  }

  /** Sends it a signal and waits for its end. A `SIGKILL` takes its children too, as a power cut would. */
  async kill(name: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || hasEnded(child)) return;
    child.ref();
    const exit = once(child, "exit");
    const family = stopFamily(child.pid);
    for (const pid of name === "SIGKILL" ? family : [child.pid]) signal(pid, name);
    if (name !== "SIGKILL") continueFamily(child.pid);
    await exit;
    await untilGone(family);
    this.#paused = false;
  }

  /** Starts it again, with the port, the folder and the arguments that it had. */
  async restart(): Promise<void> {
    await this.kill();
    if ((await this.#launch()) !== "ready") throw this.#fault(`found its port ${this.port} taken`);
  }

  /** Leaves it with its connections open and unable to answer, as a machine that hangs. */
  pause(): void {
    stopFamily(this.processId);
    this.#paused = true;
  }

  resume(): void {
    continueFamily(this.processId);
    this.#paused = false;
  }

  async stop(): Promise<void> {
    await this.kill(this.#plan.stopSignal);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #launch(): Promise<"ready" | "port taken"> {
    const { program, user, stopSignal, environment, programArguments } = this.#plan;
    const log = openSync(this.#logPath, "w");
    const child = spawn(programPath(program), programArguments(this.folder, this.port), {
      ...user,
      cwd: this.folder,
      env: { ...process.env, ...environment?.(this.folder) },
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#process = child;
    await once(child, "spawn");
    const processIdFile = join(this.folder, PROCESS_ID_FILE);
    writeFileSync(processIdFile, `${child.pid} ${stopSignal.replace("SIG", "")}\n`);
    child.once("exit", () => rmSync(processIdFile, { force: true }));
    // A test run that forgets to stop the server may end all the same.
    child.unref();
    return this.#untilReady(child);
  }

  async #untilReady(child: ChildProcess): Promise<"ready" | "port taken"> {
    const deadline = performance.now() + START_TIMEOUT_MILLISECONDS;
    while (performance.now() < deadline) {
      const ended = hasEnded(child);
      const log = this.#log();
      // Traffic Server says so, and goes on without it.
      if (/address already in use/i.test(log)) return "port taken";
      if (log.includes(this.#plan.readyMessage)) return "ready";
      if (ended) throw this.#fault("ended before it was ready");
      await sleep(POLL_MILLISECONDS);
    }
    await this.kill();
    throw this.#fault("was not ready in time");
  }

  get #logPath(): string {
    return join(this.folder, "server.log");
  }

  #log(): string {
    return readFileSync(this.#logPath, "utf8");
  }

  #fault(what: string): Error {
    const lines = this.#log().trimEnd().split("\n").slice(-LOG_LINES_IN_ERRORS);
    return new Error(`${this.#plan.program} ${what}. Its log ends with:\n${lines.join("\n")}`);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
