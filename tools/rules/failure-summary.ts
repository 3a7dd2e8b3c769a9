import { stripVTControlCharacters } from "node:util";

/**
 * One line of what a failed test printed, without colours, paths below `root`, and values that differ from run to run.
 */
export function failureSummary(message: string, root: string): string {
  const plain = stripVTControlCharacters(message).replaceAll(root, "").replace(" [ERR_ASSERTION]", "");
  const [first = "", ...rest] = plain.split("\n");
  const stack = rest.findIndex((line) => /^\s+at /.test(line));
  const details = rest.slice(0, stack < 0 ? undefined : stack).map((line) => line.trim());
  const summary = first.endsWith(":") ? `${first} ${differencesIn(details)}` : first;
  return summary.replace(/'(?=[\w-]*[A-Z0-9])[\w-]{16,}…?'/g, "'…'").trim();
}

/** Where the first line only says that two values differ: how they do. */
function differencesIn(lines: readonly string[]): string {
  const changed = lines.filter((line) => /^[+-] /.test(line) && !line.startsWith("+ actual - expected"));
  const shown = changed.length > 0 ? changed : lines.filter((line) => line !== "").slice(0, 1);
  const text = shown.map((line) => line.replace(/\s+/g, " ")).join(" ");
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
