import { readFileSync } from "node:fs";
import path from "node:path";

const repository = path.resolve(import.meta.dirname, "../../../../..");

/** A document of the repository. */
export function documentOf(file: string): string {
  return readFileSync(path.join(repository, file), "utf8");
}

/** The part of a document below the heading, to the next one of the same rank or above. */
export function sectionOf(text: string, heading: string): string {
  const rank = /^#+/.exec(heading)?.[0].length ?? 0;
  const [, rest] = text.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`There is no heading ${heading}.`);
  return rest.split(new RegExp(`^#{1,${rank}} `, "m"))[0] ?? "";
}

/** The blocks of TypeScript in a document, in order. */
export function codeIn(text: string): readonly string[] {
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
}

/** The files whose names are in the first line of each block, such as `// server.ts`: blocks of one name belong together. */
export function namedFilesIn(text: string): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const block of codeIn(text)) {
    const [, name, code] = /^\/\/ (\S+\.ts)\n(.*)$/s.exec(block) ?? [];
    if (name !== undefined) files[name] = `${files[name] ?? ""}${code}\n`;
  }
  return files;
}

/** One module of several pieces: imports first, each once, then the rest in order. */
export function joined(pieces: readonly string[]): string {
  const isImport = (line: string) => /^import .* from ".*";/.test(line);
  const lines = pieces.flatMap((piece) => piece.split("\n"));
  return [...new Set(lines.filter(isImport)), ...lines.filter((line) => !isImport(line))].join("\n");
}
