import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CommandFailure, UsageError } from "./command.ts";
import { printLine, type Terminal } from "./terminal.ts";

/** Longer than any password may be. A longer input is a file by mistake. */
const MAXIMUM_INPUT_BYTES = 8_192;

/**
 * A new password: from standard input with `fromInput`, else from two prompts that show nothing. Never from an
 * argument, which every user of the machine can see and the shell remembers.
 */
export async function readNewPassword(terminal: Terminal, fromInput: boolean): Promise<string> {
  if (fromInput) return readAll(terminal);
  if (terminal.input.isTTY !== true) {
    throw new UsageError("There is no terminal to ask for the password. Pipe it in, with --password-stdin.");
  }
  const password = await prompt(terminal, "New password: ");
  const repeated = await prompt(terminal, "Once more: ");
  if (password !== repeated) throw new CommandFailure("The two passwords differ.");
  return password;
}

/** All of standard input without one line end, which `echo`, editors and password managers add. */
async function readAll(terminal: Terminal): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of terminal.input) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > MAXIMUM_INPUT_BYTES) throw new CommandFailure("Standard input is too long to be a password.");
    chunks.push(buffer);
  }
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return text.decode(Buffer.concat(chunks)).replace(/\r?\n$/, "");
  } catch {
    throw new CommandFailure("Standard input is not UTF-8.");
  }
}

async function prompt(terminal: Terminal, question: string): Promise<string> {
  // Line editing works as usual, and its echo is discarded.
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: terminal.input, output: silence, terminal: true, historySize: 0 });
  terminal.errors.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      lines.once("SIGINT", () => reject(new CommandFailure("Interrupted.")));
      lines.once("close", () => reject(new CommandFailure("No password was given.")));
    });
  } finally {
    lines.close();
    printLine(terminal.errors, "");
  }
}
