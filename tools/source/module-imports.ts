import ts from "typescript";
import { lineOf } from "./parsed-source.ts";

export interface ModuleImport {
  /** Null for `import(…)` of anything but a literal: where it leads cannot be read. */
  readonly specifier: string | null;
  readonly line: number;
  /** True for `import type`, `export type … from` and `import("…").Name`: nothing is loaded when the program runs. */
  readonly typeOnly: boolean;
  readonly reExport: boolean;
}

/**
 * The imports of a module: static, type-only, dynamic, `export … from`, and `new URL("./file.ts", import.meta.url)`, by
 * which workers are named. `import { type Name }` counts as loading, because the compiler keeps such an import when it
 * emits.
 */
export function importsOf(file: ts.SourceFile): readonly ModuleImport[] {
  const imports: ModuleImport[] = [];

  function visit(node: ts.Node): void {
    const found = importAt(node);
    if (found !== null) imports.push({ ...found, line: lineOf(node) });
    ts.forEachChild(node, visit);
  }

  visit(file);
  return imports;
}

function importAt(node: ts.Node): Omit<ModuleImport, "line"> | null {
  if (ts.isImportDeclaration(node)) {
    const typeOnly = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    return { specifier: literalText(node.moduleSpecifier), typeOnly, reExport: false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: literalText(node.moduleSpecifier), typeOnly: node.isTypeOnly, reExport: true };
  }
  if (ts.isImportTypeNode(node)) {
    const { argument } = node;
    const specifier = ts.isLiteralTypeNode(argument) ? literalText(argument.literal) : null;
    return { specifier, typeOnly: true, reExport: false };
  }
  if (ts.isExternalModuleReference(node)) {
    return { specifier: literalText(node.expression), typeOnly: false, reExport: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: literalText(node.arguments[0]), typeOnly: false, reExport: false };
  }
  if (ts.isNewExpression(node) && node.expression.getText() === "URL") {
    const [address, base] = node.arguments ?? [];
    const specifier = literalText(address);
    const isModule = specifier !== null && /^\.{1,2}\/.*\.[jt]s$/.test(specifier);
    return isModule && base?.getText() === "import.meta.url" ? { specifier, typeOnly: false, reExport: false } : null;
  }
  return null;
}

function literalText(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}
