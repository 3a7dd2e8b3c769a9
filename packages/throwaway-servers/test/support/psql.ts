import { programPath } from "../../src/programs.ts";
import { runProgram } from "../../src/run-program.ts";

/** What a statement returns, as text without decoration. */
export function psql(url: string, statement: string): Promise<string> {
  const format = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"];
  return runProgram(programPath("psql"), [...format, `--dbname=${url}`, `--command=${statement}`]);
}
