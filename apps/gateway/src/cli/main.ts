import { runCommandLine } from "./run-command-line.ts";

const terminal = { input: process.stdin, output: process.stdout, errors: process.stderr };

// A reader of the output may stop early, as `head` does: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// Not process.exit, which would cut off output that is still on its way into a pipe.
process.exitCode = await runCommandLine(process.argv.slice(2), terminal, process.env);
