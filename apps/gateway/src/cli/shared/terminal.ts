import type { Readable, Writable } from "node:stream";
import type { Timestamp } from "coatcheck";

/** The streams that a command reads and writes. */
export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
  readonly errors: Writable;
}

// Names and user agents come from outside, and a terminal obeys control characters in them.
const CONTROL_CHARACTERS = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+/gu;

export function printLine(stream: Writable, text: string): void {
  stream.write(`${text}\n`);
}

/** Prints rows in aligned columns. */
export function printTable(stream: Writable, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, ...rows.map((row) => row.map(printable))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  for (const line of lines) {
    printLine(
      stream,
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

/** Prints JSON on one line. JSON escapes only some of the characters that a terminal obeys. */
export function printJsonLine(stream: Writable, value: unknown): void {
  printLine(stream, printable(JSON.stringify(value)));
}

export function printJson(stream: Writable, value: unknown): void {
  printLine(stream, JSON.stringify(value, null, 2));
}

/** A text without characters that a terminal obeys. */
export function printable(text: string): string {
  return text.replace(CONTROL_CHARACTERS, " ");
}

/** A time in ISO 8601 and UTC, to the second: the same for people and scripts. */
export function isoTime(time: Timestamp): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
