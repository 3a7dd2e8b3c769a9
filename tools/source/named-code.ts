import ts from "typescript";
import { parseSource } from "./parsed-source.ts";

/** A stretch of a file, by the positions of its characters. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * The functions, methods, classes and constants of a TypeScript file by name, each with the stretches of code that bear
 * the name: several for a getter and its setter. Names are as code writes them: `login`, `SessionManager.#load`,
 * `SessionManager.constructor`, `routes.login` for a function in the object `routes`, `open.retry` for a function inside
 * the function `open`. The comment above a declaration does not belong to it.
 */
export function namedCode(text: string): ReadonlyMap<string, readonly Stretch[]> {
  const file = parseSource({ path: "file.ts", text });
  const named = new Map<string, Stretch[]>();

  function visit(node: ts.Node, owner: string): void {
    const name = nameOf(node);
    const path = name === null ? owner : owner === "" ? name : `${owner}.${name}`;
    if (name !== null) {
      const whole = ts.isVariableDeclaration(node) ? node.parent.parent : node;
      named.set(path, [...(named.get(path) ?? []), { start: whole.getStart(file), end: whole.end }]);
    }
    ts.forEachChild(node, (child) => visit(child, path));
  }

  visit(file, "");
  return named;
}

function nameOf(node: ts.Node): string | null {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if (ts.isVariableDeclaration(node)) return isNamedConstant(node) ? node.name.getText() : null;
  if (ts.isPropertyAssignment(node)) return isFunction(node.initializer) ? node.name.getText() : null;
  const isMember = ts.isClassElement(node) || ts.isMethodDeclaration(node);
  const isDeclaration = ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isClassExpression(node);
  return isMember || isDeclaration ? (node.name?.getText() ?? null) : null;
}

/** A constant of the file's own, or a function inside another one. What a function keeps in between has no name here. */
function isNamedConstant({ name, initializer, parent }: ts.VariableDeclaration): boolean {
  if (!ts.isIdentifier(name)) return false;
  const isTopLevel = ts.isVariableStatement(parent.parent) && ts.isSourceFile(parent.parent.parent);
  return isTopLevel || (initializer !== undefined && isFunction(initializer));
}

function isFunction(node: ts.Node): boolean {
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node);
}
