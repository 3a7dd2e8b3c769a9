import { importsOf } from "../source/module-imports.ts";
import type { SourceFile } from "../source/source-files.ts";
import { type Token, tokenize } from "../source/tokens.ts";
import { barrels } from "./layer-table.ts";

const MAXIMUM_LINES = 300;

/** Comments that switch a check off. What is wrong is to be put right instead. */
const suppression = /@ts-(?:ignore|nocheck)|biome-ignore/;
/** In a test this one is an assertion: the compiler fails when there is no error to expect. */
const expectation = /@ts-expect-error/;
const unfinished = /\b(?:TODO|FIXME|XXX)\b/;

/** What is wrong with a source file besides its imports, a sentence each. */
export function sourceProblems(file: SourceFile): readonly string[] {
  const tokens = tokenize(file.text);
  const problems: string[] = [];
  const lines = file.text.split("\n").length - 1;
  if (file.path.includes("/src/") && lines > MAXIMUM_LINES) {
    problems.push(`${file.path}: ${lines} lines. Split a file at ${MAXIMUM_LINES}.`);
  }
  if (isBarrel(file, tokens)) {
    problems.push(`${file.path}: re-exports belong in the library's own index, so that a name has one address.`);
  }
  for (const [index, token] of tokens.entries()) {
    const place = `${file.path}:${token.line}`;
    if (token.kind === "comment" && suppresses(file, token)) problems.push(`${place} switches off a check.`);
    if (token.kind === "comment" && unfinished.test(token.text)) problems.push(`${place} leaves something undone.`);
    if (isAnyType(tokens, index)) problems.push(`${place} uses the type any. Use unknown, and narrow it.`);
  }
  return problems;
}

function suppresses(file: SourceFile, comment: Token): boolean {
  if (suppression.test(comment.text)) return true;
  return expectation.test(comment.text) && !file.path.includes("/test/");
}

/** A file that re-exports everything of another, or that does nothing but re-export. */
function isBarrel(file: SourceFile, tokens: readonly Token[]): boolean {
  if (barrels.includes(file.path)) return false;
  const code = tokens.filter((token) => token.kind !== "comment");
  const exportsAll = code.some((token, index) => token.text === "export" && code[index + 1]?.text === "*");
  const declares = code.some((token) => /^(?:const|let|function|class|interface|enum)$/.test(token.text));
  const declaresType = code.some((token, index) => token.text === "type" && code[index + 2]?.text === "=");
  const reExports = importsOf(file.text).some((found) => found.reExport);
  return exportsAll || (reExports && !declares && !declaresType);
}

/** The word where a type may stand: not a property (`Promise.any`) nor the name of one (`any: 1`, `any() {}`). */
function isAnyType(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.kind !== "word" || tokens[index]?.text !== "any") return false;
  return tokens[index - 1]?.text !== "." && ![":", "("].includes(tokens[index + 1]?.text ?? "");
}
