import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { freePort } from "@coatcheck/throwaway-servers";
import { USER_AGENT } from "./http/browser-request.ts";
import { onServerCore } from "./http/cores.ts";
import { NODE_FLAGS } from "./http/served-process.ts";

/** From the root of the repository, where npm runs benchmarks. */
const PROGRAM = "apps/gateway/bin/coatcheck.js";

/** The gateway of a checkout. */
export const gatewayOf = (checkout: string): readonly string[] => [resolve(checkout, PROGRAM), "gateway"];

type Environment = Readonly<Record<string, string>>;

/** A gateway in a process of its own. */
export class Gateway {
  readonly url: string;
  readonly cookieName: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 64 });
  readonly #command: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(port: number, environment: Environment, command: readonly string[]) {
    this.#port = port;
    this.#command = command;
    this.#environment = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port), ...environment };
    this.url = `http://localhost:${port}`;
    this.cookieName = `coatcheck-${port}`;
  }

  /** `command` is a script and its arguments; the gateway's own by default. */
  static async create(environment: Environment, command = gatewayOf(".")): Promise<Gateway> {
    return new Gateway(await freePort(), environment, command);
  }

  async addUser(email: string, password: string): Promise<void> {
    const [program = resolve(PROGRAM)] = this.#command.filter((word) => word.endsWith("bin/coatcheck.js"));
    const run = (...words: string[]) =>
      promisify(execFile)(process.execPath, [program, ...words], { env: this.#environment });
    await run("migrate");
    const adding = run("users", "add", email, "--name", "Someone", "--password-stdin");
    adding.child.stdin?.end(`${password}\n`);
    await adding;
  }

  async start(): Promise<void> {
    await this.#launch(process.execPath, [...this.#command], "ignore");
  }

  /** Starts it as a contestant of `compare`: on their core, and with their flags. */
  async startOnServerCore(flags: readonly string[] = []): Promise<void> {
    const words = [...NODE_FLAGS, ...flags, ...this.#command];
    await this.#launch(...onServerCore(process.execPath, words), "inherit");
  }

  /** `log` is where its lines go: those of a contestant are of warnings alone. */
  async #launch(command: string, words: string[], log: "ignore" | "inherit"): Promise<void> {
    const child = spawn(command, words, { env: this.#environment, stdio: ["ignore", "pipe", log, "ipc"] });
    this.#child = child;
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The gateway ended with ${code} before it was ready.`);
    });
    // Of no interest once it is ready.
    ended.catch(() => {});
    if (child.stdout !== null) await Promise.race([once(child.stdout, "data"), ended]);
  }

  get processId(): number {
    if (this.#child?.pid === undefined) throw new Error("The gateway is not running.");
    return this.#child.pid;
  }

  get port(): number {
    return this.#port;
  }

  /** Has a script of the benchmark's do something, and resolves with what it says when that is done. */
  async ask(message: object | string): Promise<unknown> {
    if (this.#child === null) throw new Error("The gateway is not running.");
    this.#child.send(message);
    const [answer] = await once(this.#child, "message");
    return answer;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const child = this.#child;
    if (child === null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  /** Logs in and returns the session's token. */
  async login(email: string, password: string): Promise<string> {
    const { status, setCookie } = await this.#send("POST", "/auth/login", null, JSON.stringify({ email, password }));
    const cookie = setCookie.find((each) => each.startsWith(`${this.cookieName}=`));
    if (status !== 200 || cookie === undefined) throw new Error(`A login was answered ${status}.`);
    return cookie.slice(this.cookieName.length + 1, cookie.indexOf(";"));
  }

  async logout(token: string): Promise<void> {
    const { status } = await this.#send("POST", "/auth/logout", token);
    if (status !== 204) throw new Error(`A logout was answered ${status}.`);
  }

  /** Whether a request with the token passes. */
  async accepts(token: string): Promise<boolean> {
    const { status } = await this.#send("GET", "/auth/me", token);
    if (status !== 200 && status !== 401) throw new Error(`A request was answered ${status}.`);
    return status === 200;
  }

  #send(
    method: string,
    path: string,
    token: string | null,
    body?: string,
  ): Promise<{ readonly status: number; readonly setCookie: readonly string[] }> {
    return new Promise((resolve, reject) => {
      const headers = {
        "x-csrf": "1",
        "user-agent": USER_AGENT,
        ...(token === null ? {} : { cookie: `${this.cookieName}=${token}` }),
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      };
      const sending = request({ agent: this.#agent, host: "localhost", port: this.#port, method, path, headers });
      sending.on("response", (response) => {
        response.resume();
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, setCookie: response.headers["set-cookie"] ?? [] });
        });
      });
      sending.on("error", reject);
      sending.end(body);
    });
  }
}
