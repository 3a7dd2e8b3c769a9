import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { makeDatabase } from "../../support/make-database.ts";
import { runCommand } from "../../support/run-command.ts";

const PROGRAM = fileURLToPath(new URL("../../../bin/coatcheck.js", import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** The command line as a user runs it, in a process of its own, on a data folder that is gone after the test. */
export class CommandLine {
  readonly data: string;
  readonly environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = {}) {
    const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    this.data = join(folder, "data");
    this.environment = { PATH: process.env.PATH, COATCHECK_DATA: this.data, ...environment };
  }

  /** One beside whose gateway the database is there already. */
  static async withDatabase(environment: NodeJS.ProcessEnv = {}): Promise<CommandLine> {
    const commandLine = new CommandLine(environment);
    await makeDatabase({ COATCHECK_DATA: commandLine.data });
    return commandLine;
  }

  get databasePath(): string {
    return join(this.data, "coatcheck.sqlite");
  }

  /** Runs `coatcheck` with these words; `input` is all of its standard input. */
  async run(words: readonly string[], input: string | Uint8Array = ""): Promise<Finished> {
    return finished(spawn(process.execPath, [PROGRAM, ...words], { env: this.environment, stdio: "pipe" }), input);
  }

  /** Adds a user before what is tested, in the process of the test. */
  async addUser(email: string, password: string): Promise<void> {
    await makeDatabase(this.environment);
    const words = ["users", "add", email, "--name", "Ada Lovelace", "--password-stdin"];
    const added = await runCommand(words, this.environment, password);
    if (added.exitCode !== 0) throw new Error(added.stderr);
  }

  /** Runs `coatcheck` on a terminal of its own, on which `typed` is entered, line by line as it asks. */
  async runOnTerminal(words: readonly string[], typed: readonly string[]): Promise<Finished> {
    const command = [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["-qec", command, "/dev/null"], { env: this.environment, stdio: "pipe" });
    const waiting = [...typed];
    child.stdout.on("data", (shown: Buffer) => {
      if (/: $/.test(shown.toString()) && waiting.length > 0) child.stdin.write(`${waiting.shift()}\r`);
    });
    return finished(child, null);
  }
}

async function finished(child: ReturnType<typeof spawn>, input: string | Uint8Array | null): Promise<Finished> {
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new Error("no pipes");
  // A command that fails early does not read what it was given.
  child.stdin.on("error", () => undefined);
  if (input !== null) child.stdin.end(input);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, output, errors };
}
