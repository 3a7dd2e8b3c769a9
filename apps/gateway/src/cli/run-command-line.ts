import { parseArgs } from "node:util";
import { nearestName } from "@coatcheck/service/settings/nearest-name";
import { version } from "../config/version.ts";
import { GatewayError } from "../errors.ts";
import { commands } from "./commands/index.ts";
import { commandHelp, generalHelp, groupHelp } from "./help.ts";
import { type Command, type Invocation, UsageError } from "./shared/command.ts";
import { printLine, type Terminal } from "./shared/terminal.ts";

export type ExitCode = 0 | 1 | 2;

/** Runs one command line. Never rejects: a failure is one line on the error stream and an exit code. */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
  environment: NodeJS.ProcessEnv,
): Promise<ExitCode> {
  try {
    await run(words, terminal, environment);
    return 0;
  } catch (error) {
    printLine(terminal.errors, `coatcheck: ${messageOf(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(words: readonly string[], terminal: Terminal, environment: NodeJS.ProcessEnv): Promise<void> {
  const [first] = words;
  if (first === "--version") return printLine(terminal.output, version());
  if (first === "--help" || first === "-h" || first === "help")
    return printLine(terminal.output, generalHelp(commands));
  const group = groupHelp(commands, first ?? "");
  if (group !== null && ["--help", "-h"].includes(words[1] ?? "")) return printLine(terminal.output, group);
  const command = findCommand(words);
  const rest = words.slice(command.name.split(" ").length);
  if (rest.includes("--help") || rest.includes("-h")) return printLine(terminal.output, commandHelp(command));
  return command.run({ ...parse(command, rest), terminal, environment });
}

function findCommand(words: readonly string[]): Command {
  const found = commands.find(({ name }) => name === words.slice(0, name.split(" ").length).join(" "));
  if (found !== undefined) return found;
  if (words.length === 0) throw new UsageError('Which command? "coatcheck --help" lists them.');
  const names = commands.map(({ name }) => name);
  const [first = ""] = words;
  if (words.length === 1 && groupHelp(commands, first) !== null) {
    throw new UsageError(`Which command? "coatcheck ${first} --help" lists them.`);
  }
  const typed = words.slice(0, 2).join(" ");
  const nearest = nearestName(typed, names) ?? nearestName(words[0] ?? "", names);
  const advice = nearest === null ? '"coatcheck --help" lists the commands.' : `Did you mean "${nearest}"?`;
  throw new UsageError(`There is no such command. ${advice}`);
}

function parse(command: Command, words: readonly string[]): Pick<Invocation, "arguments" | "values"> {
  const help = `"coatcheck ${command.name} --help" shows how it is used.`;
  let parsed: { positionals: string[]; values: Record<string, unknown> };
  try {
    parsed = parseArgs({ args: [...words], options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    // The first sentence names the option. The rest is about a syntax that does not help here.
    const [message = ""] = error instanceof Error ? error.message.split(". ") : [];
    throw new UsageError(`${message.replace(/\.$/, "")}. ${help}`);
  }
  const { positionals, values } = parsed;
  const required = command.arguments.length - (command.optionalArguments ?? 0);
  if (positionals.length < required)
    throw new UsageError(`${command.arguments[positionals.length]} is missing. ${help}`);
  if (positionals.length > command.arguments.length) throw new UsageError(`There are too many arguments. ${help}`);
  return { arguments: positionals, values };
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // When a system does not answer, the operator needs the reason: a full disk, a lock.
  const isSystemFault = error instanceof GatewayError && error.code === "accounts_unavailable";
  const cause = isSystemFault && error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return (message + cause).replace(/\s*\n\s*/g, " ");
}
