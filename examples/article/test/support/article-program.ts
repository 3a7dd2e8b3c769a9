import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@coatcheck/throwaway-servers";

const PROGRAM = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** The example as it is started by its npm script, on a free port, and an empty folder for what curl keeps. */
export class ArticleProgram {
  readonly url: string;
  readonly folder: string;
  readonly #process: ChildProcess;

  private constructor(url: string, folder: string, process: ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.#process = process;
  }

  static async start(): Promise<ArticleProgram> {
    const folder = await mkdtemp(join(tmpdir(), "article-"));
    const port = await freePort();
    const started = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (started.stdout === null) throw new Error("no output");
    await once(started.stdout, "data");
    return new ArticleProgram(`http://127.0.0.1:${port}`, folder, started);
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await once(this.#process, "exit");
    await rm(this.folder, { recursive: true });
  }
}
