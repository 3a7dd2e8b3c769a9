import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "@coatcheck/throwaway-servers";

const packageFolder = path.resolve(import.meta.dirname, "../../..");
const DOCUMENTED_PORT = "3000";

/** The files of a program by their names. */
export type Program = Readonly<Record<string, string>>;

/**
 * CompiledPrograms are compiled as a user's project would be, strictly, and each runs in a process of its own, on a free
 * port in place of the documented one.
 */
export class CompiledPrograms {
  readonly #folder: string;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #processes = new Map<string, ChildProcess>();

  private constructor(folder: string, ports: ReadonlyMap<string, number>) {
    this.#folder = folder;
    this.#ports = ports;
  }

  /** @throws Error with what the compiler says */
  static async create(programs: Readonly<Record<string, Program>>): Promise<CompiledPrograms> {
    const ports = new Map<string, number>();
    for (const name of Object.keys(programs)) ports.set(name, await freePort());
    // Inside the package, where Node finds "coatcheck" and the frameworks.
    const folder = mkdtempSync(path.join(packageFolder, "test/quick-starts/.compiled-"));
    const created = new CompiledPrograms(folder, ports);
    try {
      for (const [name, files] of Object.entries(programs)) created.#write(name, files);
      created.#compile();
    } catch (error) {
      created.dispose();
      throw error;
    }
    return created;
  }

  urlOf(program: string): string {
    return `http://localhost:${this.#ports.get(program)}`;
  }

  /**
   * Runs a script of a program, in the program's folder. Returns its URL once it answers there. While the program is down,
   * another test may hold its port for a moment, so one that ends at once is started again a few times.
   *
   * @param before scripts that are loaded first
   */
  async start(program: string, script: string, before: readonly string[] = []): Promise<string> {
    const url = this.urlOf(program);
    for (let starts = 1; ; starts++) {
      const started = spawn(process.execPath, [...before.flatMap((each) => ["--import", each]), script], {
        cwd: path.join(this.#folder, program),
        stdio: ["ignore", "ignore", "inherit"],
      });
      this.#processes.set(program, started);
      if (await answersAt(url, started)) return url;
      if (starts === 5) throw new Error(`The program ended with ${started.exitCode}.`);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Ends a program as a crash would. */
  async stop(program: string): Promise<void> {
    const started = this.#processes.get(program);
    if (started === undefined) throw new Error(`${program} was not started.`);
    started.kill("SIGKILL");
    await once(started, "exit");
  }

  /** Sends a running program a signal that it listens to. */
  signal(program: string, signal: NodeJS.Signals): void {
    if (this.#processes.get(program)?.kill(signal) !== true) throw new Error(`${program} does not run.`);
  }

  /** The text of a file that a program wrote in its folder; empty if there is none. */
  written(program: string, file: string): string {
    const name = path.join(this.#folder, program, file);
    return existsSync(name) ? readFileSync(name, "utf8") : "";
  }

  /** Runs tests of a program, by `node --test`. Returns what they print, if all of them pass. */
  test(program: string, script: string): string {
    const options = { cwd: path.join(this.#folder, program), encoding: "utf8", timeout: 60_000 } as const;
    const { status, stdout } = spawnSync(process.execPath, ["--test", "--test-force-exit", script], options);
    if (status !== 0) throw new Error(`The tests ended with ${status}:\n${stdout}`);
    return stdout;
  }

  /** Writes another script beside a compiled one, with something changed in it. */
  change(program: string, { from, to, change }: ScriptChange): void {
    const changed = change(readFileSync(path.join(this.#folder, program, from), "utf8"));
    writeFileSync(path.join(this.#folder, program, to), changed);
  }

  dispose(): void {
    for (const each of this.#processes.values()) each.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(program: string, files: Program): void {
    const folder = path.join(this.#folder, program);
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) {
      writeFileSync(path.join(folder, file), text.replaceAll(DOCUMENTED_PORT, String(this.#ports.get(program))));
    }
  }

  #compile(): void {
    writeFileSync(path.join(this.#folder, "package.json"), JSON.stringify({ type: "module" }));
    const compilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitReturns: true,
      module: "nodenext",
      target: "es2022",
      skipLibCheck: true,
      types: ["node"],
    };
    writeFileSync(path.join(this.#folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*/*.ts"] }));
    const compiler = path.join(packageFolder, "../../node_modules/.bin/tsc");
    const { status, stdout } = spawnSync(compiler, ["-p", this.#folder], { encoding: "utf8" });
    if (status !== 0) throw new Error(`The compiler refuses the programs:\n${stdout}`);
  }
}

interface ScriptChange {
  readonly from: string;
  readonly to: string;
  readonly change: (text: string) => string;
}

/** False for a program that ends before it answers. */
async function answersAt(url: string, started: ChildProcess): Promise<boolean> {
  while (started.exitCode === null) {
    const answers = await fetch(url, { redirect: "manual" }).then(
      () => true,
      () => false,
    );
    // Another program may answer at that port.
    if (answers && started.exitCode === null) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
