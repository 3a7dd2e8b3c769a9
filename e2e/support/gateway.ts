import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";
import { SONGS } from "./songs.ts";

const require = createRequire(import.meta.url);
const PROGRAM = require.resolve("@coatcheck/gateway/bin/coatcheck.js");
const START_TIMEOUT_MILLISECONDS = 40_000;

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** The users of the demo. */
export const ada: Account = { email: "ada@example.com", password: "counting analytical engines" };
export const grace: Account = { email: "grace@example.com", password: "nanoseconds by the yard" };

export interface GatewayOptions {
  /** How long a login counts as fresh. Short, so that a test need not wait a quarter of an hour. */
  readonly freshForSeconds?: number;
  /** Runs a gateway with these routes, and Ada for its one user, in place of the demo. */
  readonly routes?: () => readonly object[];
  /** Whether the browser keeps pages that were left, for Back, as people's do. */
  readonly keepsPages?: boolean;
  /** Of its public origins, each with the gateway's port; `url` is the first. */
  readonly hostnames?: readonly string[];
}

/** The real program, as `npm start` runs it unless routes say otherwise, on a free port and with an empty data folder. */
export class Gateway {
  readonly url: string;
  /** Of the private library behind it. */
  readonly libraryUrl: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, libraryUrl: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.libraryUrl = libraryUrl;
    this.#process = process;
    this.#folder = folder;
  }

  static async start(options: GatewayOptions = {}): Promise<Gateway> {
    const folder = await mkdtemp(join(tmpdir(), "coatcheck-e2e-"));
    const { freshForSeconds, routes, hostnames = ["localhost"] } = options;
    if (routes === undefined) await placeSongs(folder);
    const [port, filesPort, libraryPort] = [await freePort(), await freePort(), await freePort()];
    const environment = {
      ...process.env,
      COATCHECK_DATA: folder,
      PORT: String(port),
      COATCHECK_PUBLIC_URL: hostnames.map((hostname) => `http://${hostname}:${port}`).join(","),
      FILES_PORT: String(filesPort),
      LIBRARY_PORT: String(libraryPort),
      ...(freshForSeconds !== undefined && { COATCHECK_FRESH_FOR_SECONDS: String(freshForSeconds) }),
      ...(routes !== undefined && { COATCHECK_ROUTES: JSON.stringify(routes()) }),
    };
    if (routes !== undefined) await addAda(environment);
    const child = spawn(process.execPath, [PROGRAM, routes === undefined ? "demo" : "gateway"], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new Gateway(await announcedUrl(child), `http://localhost:${libraryPort}`, child, folder);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      this.#process.kill("SIGTERM");
      await once(this.#process, "exit");
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Puts the demo's songs into a data folder, so that the demo need not compose them. */
export async function placeSongs(dataFolder: string): Promise<void> {
  await mkdir(join(dataFolder, "demo"));
  await symlink(SONGS, join(dataFolder, "demo/music"));
}

async function addAda(environment: NodeJS.ProcessEnv): Promise<void> {
  await runProgram(environment, ["migrate"]);
  await runProgram(environment, ["users", "add", ada.email, "--name", "Ada Lovelace", "--password-stdin"]);
}

function runProgram(environment: NodeJS.ProcessEnv, words: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [PROGRAM, ...words], { env: environment }, (error) =>
      error ? reject(error) : resolve(),
    );
    child.stdin?.end(`${ada.password}\n`);
  });
}

/** The first URL on standard output: the program prints it once it answers there. */
export function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    let log = "";
    const fail = (reason: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`The gateway ${reason}.\n${output}${log}`));
    };
    const timer = setTimeout(() => fail("did not start in time"), START_TIMEOUT_MILLISECONDS);
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    child.once("exit", (code) => fail(`ended with ${code} before it had started`));
    child.stderr?.on("data", (chunk) => {
      log += chunk;
    });
    child.stdout?.on("data", (chunk) => {
      output += chunk;
      const url = /http:\/\/[\w.]+:\d+/.exec(output)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
