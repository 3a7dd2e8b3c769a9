import { posix } from "node:path";
import type { SourceFile } from "../source/source-files.ts";

const BLOCK = /^<!-- settings: (?!end)(?<name>\w+) -->$.*?^<!-- settings: end -->$/gms;

/** Writes a table in Markdown. Its links are paths in the repository, which `linkTo` makes relative to the document. */
export type TableWriter = (linkTo: (path: string) => string) => string;

/** The names of the tables that a document has between markers. */
export function tablesIn({ text }: SourceFile): readonly string[] {
  return [...text.matchAll(BLOCK)].map(({ groups }) => groups?.name ?? "");
}

/** The document with its tables as the code has them. */
export function withTables({ path, text }: SourceFile, tables: ReadonlyMap<string, TableWriter>): string {
  const linkTo = (target: string) => posix.relative(posix.dirname(path), target);
  return text.replace(BLOCK, (block, name: string) => {
    const table = tables.get(name);
    return table === undefined ? block : `<!-- settings: ${name} -->\n\n${table(linkTo)}\n\n<!-- settings: end -->`;
  });
}
