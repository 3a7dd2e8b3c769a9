import type { Command } from "./shared/command.ts";

export function generalHelp(commands: readonly Command[]): string {
  return [
    "coatcheck: sessions for people, signed passes for machines",
    "",
    "Usage: coatcheck COMMAND [ARGUMENTS]",
    "",
    ...linesOf(commands),
    "",
    "  coatcheck COMMAND --help  shows how one command is used",
    "  coatcheck --version       shows the version",
  ].join("\n");
}

/** The help for all commands that begin with a word, such as "users". Null if there are none. */
export function groupHelp(commands: readonly Command[], first: string): string | null {
  const group = commands.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0) return null;
  return [`Usage: coatcheck ${first} COMMAND`, "", ...linesOf(group)].join("\n");
}

function linesOf(commands: readonly Command[]): readonly string[] {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
}

export function commandHelp({ name, summary, synopsis, details, options }: Command): string {
  const usage = ["coatcheck", name, synopsis].filter((part) => part !== "").join(" ");
  const configuration =
    "config" in options ? ["  --config FILE     the configuration file, instead of COATCHECK_CONFIG"] : [];
  const rest = [...configuration, ...details];
  return [`Usage: ${usage}`, "", summary, ...(rest.length === 0 ? [] : ["", ...rest])].join("\n");
}
