import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ProgramUser } from "./unprivileged-user.ts";

const TIMEOUT_MILLISECONDS = 20_000;

export interface RunOptions {
  readonly user?: ProgramUser | undefined;
  readonly folder?: string;
}

/** Runs a program to its end and returns its standard output, without the last line break. */
export async function runProgram(
  program: string,
  programArguments: readonly string[],
  { user, folder = "/" }: RunOptions = {},
): Promise<string> {
  const options = { ...user, cwd: folder, timeout: TIMEOUT_MILLISECONDS, killSignal: "SIGKILL" } as const;
  const { stdout } = await promisify(execFile)(program, [...programArguments], options);
  return stdout.replace(/\n$/, "");
}
