import ts from "typescript";
import { lineOf } from "./parsed-source.ts";

/** What an exported name is: erased by the compiler, or there when the program runs. A class counts as a value. */
export type NameKind = "type" | "value";

export interface ExportedName {
  readonly name: string;
  readonly kind: NameKind;
  readonly line: number;
  /** False for `export { name } from` and `export { name }`: the name is declared elsewhere. */
  readonly isDeclaration: boolean;
}

/**
 * The names that a module or a declaration file exports.
 *
 * @throws Error for `export *`, whose names cannot be reviewed where they are published, and for unknown syntax
 */
export function exportedNames(file: ts.SourceFile): readonly ExportedName[] {
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return namesInBraces(statement);
    if (ts.isExportAssignment(statement)) {
      if (statement.isExportEquals) throw notUnderstood(statement);
      return [{ name: "default", kind: "value", line: lineOf(statement), isDeclaration: true }];
    }
    return declaredNames(statement);
  });
}

function namesInBraces(statement: ts.ExportDeclaration): readonly ExportedName[] {
  const { exportClause, isTypeOnly } = statement;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) throw notUnderstood(statement);
  return exportClause.elements.map((element) => ({
    name: element.name.text,
    kind: isTypeOnly || element.isTypeOnly ? "type" : "value",
    line: lineOf(element),
    isDeclaration: false,
  }));
}

function declaredNames(statement: ts.Statement): readonly ExportedName[] {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
  const isDefault = modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);
  const line = lineOf(statement);
  if (isDefault) return [{ name: "default", kind: "value", line, isDeclaration: true }];
  if (ts.isVariableStatement(statement)) {
    const names = statement.declarationList.declarations.map((declaration) => declaration.name.getText());
    return names.map((name) => ({ name, kind: "value", line, isDeclaration: true }));
  }
  const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  const isValue =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement);
  if ((!isType && !isValue) || statement.name === undefined) throw notUnderstood(statement);
  return [{ name: statement.name.text, kind: isType ? "type" : "value", line, isDeclaration: true }];
}

function notUnderstood(statement: ts.Statement): Error {
  const [start = ""] = statement.getText().split("\n");
  return new Error(`line ${lineOf(statement)}: name each export; "${start}" is not understood.`);
}
