import { execFile } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../src/cli/run-command-line.ts";

export const program = fileURLToPath(new URL("../../bin/coatcheck.js", import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, in the process of the test: to start one takes ten times as long as most commands do. */
export async function runCommand(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  input: string | Uint8Array = "",
): Promise<CommandResult> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const printed = Promise.all([text(output), text(errors)]);
  const terminal = { input: Readable.from([Buffer.from(input)]), output, errors };
  const exitCode = await runCommandLine(words, terminal, cleanEnvironment(environment));
  output.end();
  errors.end();
  const [stdout, stderr] = await printed;
  return { exitCode, stdout, stderr };
}

/** Runs the program to its end, where the process itself is what matters. */
export function runProgram(words: readonly string[], environment: Environment): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words], { env: cleanEnvironment(environment) });
    let stdout = "";
    let stderr = "";
    child.stdout?.on("data", (chunk: string) => (stdout += chunk));
    child.stderr?.on("data", (chunk: string) => (stderr += chunk));
    child.on("close", (exitCode) => resolve({ exitCode: exitCode ?? -1, stdout, stderr }));
    child.stdin?.end();
  });
}

/** Nothing of the surroundings may configure the gateway under test. */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
}
