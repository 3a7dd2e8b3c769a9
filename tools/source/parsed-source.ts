import ts from "typescript";
import type { SourceFile } from "./source-files.ts";

/** Parses a TypeScript or JavaScript file. `fileName` of the tree is the path. */
export function parseSource({ path, text }: SourceFile): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/** The line on which a node begins, from 1. */
export function lineOf(node: ts.Node): number {
  const file = node.getSourceFile();
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}
