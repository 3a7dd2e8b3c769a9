import ts from "typescript";
import { type Comment, commentsOf } from "../source/comments.ts";
import { barrels } from "./layer-table.ts";

/** Comments that switch a check off. What is wrong is to be put right instead. */
const suppression = /@ts-(?:ignore|nocheck)|biome-ignore/;
/** In a test this one is an assertion: the compiler fails when there is no error to expect. */
const expectation = /@ts-expect-error/;
const unfinished = /\b(?:TODO|FIXME|XXX)\b/;

/** What is wrong with a source file besides its imports, a sentence each. */
export function sourceProblems(file: ts.SourceFile): readonly string[] {
  const path = file.fileName;
  const problems: string[] = [];
  if (isBarrel(file)) {
    problems.push(`${path}: re-exports belong in the library's own index, so that a name has one address.`);
  }
  for (const comment of commentsOf(file)) {
    const place = `${path}:${comment.line}`;
    if (suppresses(path, comment)) problems.push(`${place} switches off a check.`);
    if (unfinished.test(comment.text)) problems.push(`${place} leaves something undone.`);
  }
  return problems;
}

function suppresses(path: string, comment: Comment): boolean {
  if (suppression.test(comment.text)) return true;
  return expectation.test(comment.text) && !path.includes("/test/");
}

/** A file that re-exports everything of another, or that does nothing but re-export. */
function isBarrel(file: ts.SourceFile): boolean {
  if (barrels.includes(file.fileName)) return false;
  const reExports = file.statements.filter(ts.isExportDeclaration).filter((statement) => statement.moduleSpecifier);
  const exportsAll = reExports.some(
    ({ exportClause }) => exportClause === undefined || !ts.isNamedExports(exportClause),
  );
  const onlyHandsOn = file.statements.every((each) => ts.isImportDeclaration(each) || ts.isExportDeclaration(each));
  return exportsAll || (reExports.length > 0 && onlyHandsOn);
}
