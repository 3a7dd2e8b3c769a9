import { cpus } from "node:os";

/** Progress goes to standard error: standard output is the table. */
export function report(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A table in Markdown, the first column to the left and the others to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}\n`);
  console.log(`| ${head.join(" | ")} |`);
  console.log(`|---|${"---:|".repeat(head.length - 1)}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}
