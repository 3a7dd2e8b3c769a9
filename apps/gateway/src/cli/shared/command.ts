import type { ParseArgsConfig } from "node:util";
import type { Terminal } from "./terminal.ts";

export type CommandOptions = NonNullable<ParseArgsConfig["options"]>;

/** The option of every command that reads the configuration. */
export const configurationOption = { config: { type: "string" } } as const satisfies CommandOptions;

/** A command of the command line. */
export interface Command {
  /** The words that are typed: "users add". */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The arguments and options after the name: "EMAIL --name NAME". */
  readonly synopsis: string;
  /** One line for each option, and other facts that a user has to know. */
  readonly details: readonly string[];
  readonly options: CommandOptions;
  /** The names of the arguments without a dash. The last `optionalArguments` of them may be left out. */
  readonly arguments: readonly string[];
  readonly optionalArguments?: number;
  /** Fails with `UsageError`, `CommandFailure`, or a fault with a code. */
  run(invocation: Invocation): Promise<void>;
}

export interface Invocation {
  /** In the order of `Command.arguments`. Undefined for an argument that was left out. */
  readonly arguments: readonly (string | undefined)[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
}

/** The command was not understood: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command was understood and failed: exit code 1. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}
