import ts from "typescript";

/** How a declaration looks to those who use it, in the words of the source: without what it does. */
export function signatureOf(declaration: ts.Declaration, checker: ts.TypeChecker): string {
  if (ts.isConstructorDeclaration(declaration))
    return `new ${declaration.parent.name?.text}${parametersOf(declaration)}`;
  if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) {
    return `${isStatic(declaration) ? "static " : ""}${callOf(declaration, checker)}`;
  }
  if (ts.isPropertyDeclaration(declaration) || ts.isPropertySignature(declaration)) {
    return `${declaration.name.getText()}: ${typeOf(declaration, checker).text}`;
  }
  if (ts.isFunctionDeclaration(declaration)) return `function ${callOf(declaration, checker)}`;
  if (ts.isClassDeclaration(declaration)) return headOf(declaration, "class");
  if (ts.isInterfaceDeclaration(declaration)) return headOf(declaration, "interface");
  if (ts.isTypeAliasDeclaration(declaration))
    return textFrom(declaration, declaration.getStart()).replace("export ", "");
  if (ts.isVariableDeclaration(declaration)) return constantOf(declaration, checker);
  throw new Error(`${declaration.getSourceFile().fileName}: ${ts.SyntaxKind[declaration.kind]} has no signature.`);
}

/** The whole of an interface, where its members need no words of their own. */
export function wholeTextOf(declaration: ts.Declaration): string {
  return textFrom(declaration, declaration.getStart()).replace("export ", "");
}

/** The type of a property, with the node that says it, if any does. */
export function typeOf(
  declaration: ts.Declaration,
  checker: ts.TypeChecker,
): { node: ts.TypeNode | null; text: string } {
  const node = writtenTypeOf(declaration);
  if (node !== null) return { node, text: node.getText() };
  return { node, text: checker.typeToString(checker.getTypeAtLocation(declaration)) };
}

function writtenTypeOf(declaration: ts.Declaration): ts.TypeNode | null {
  if (ts.isPropertyDeclaration(declaration) || ts.isPropertySignature(declaration)) return declaration.type ?? null;
  return ts.isGetAccessorDeclaration(declaration) ? (declaration.type ?? null) : null;
}

/** Name, parameters and result. The result is looked up where it was left to the compiler. */
function callOf(
  declaration: ts.MethodDeclaration | ts.MethodSignature | ts.FunctionDeclaration,
  checker: ts.TypeChecker,
): string {
  const end = "body" in declaration ? declaration.body?.getFullStart() : undefined;
  const text = textFrom(declaration, (declaration.name ?? declaration).getStart(), end).replace(/;$/, "");
  const signature = checker.getSignatureFromDeclaration(declaration);
  if (declaration.type !== undefined || signature === undefined) return text;
  return `${text}: ${checker.typeToString(checker.getReturnTypeOfSignature(signature))}`;
}

function parametersOf(declaration: ts.ConstructorDeclaration): string {
  const start = declaration
    .getChildren()
    .find(({ kind }) => kind === ts.SyntaxKind.OpenParenToken)
    ?.getStart();
  return textFrom(declaration, start ?? declaration.getStart(), declaration.body?.getFullStart());
}

/** Up to the brace. */
function headOf(declaration: ts.ClassDeclaration | ts.InterfaceDeclaration, keyword: string): string {
  const brace = declaration.getChildren().find(({ kind }) => kind === ts.SyntaxKind.OpenBraceToken);
  return `${keyword} ${textFrom(declaration, declaration.name?.getStart() ?? 0, brace?.getFullStart())}`;
}

/** With its value where that says something: not what computes, nor a table that goes on for pages. */
function constantOf(declaration: ts.VariableDeclaration, checker: ts.TypeChecker): string {
  const { initializer } = declaration;
  const text = `const ${textFrom(declaration, declaration.getStart())};`;
  if (initializer !== undefined && isShown(initializer) && text.split("\n").length <= 30) return text;
  const type = checker.typeToString(checker.getTypeAtLocation(declaration));
  return `const ${declaration.name.getText()}: ${declaration.type?.getText() ?? type};`;
}

function isShown(value: ts.Expression): boolean {
  if (ts.isAsExpression(value) || ts.isSatisfiesExpression(value)) return isShown(value.expression);
  if (ts.isBinaryExpression(value)) return isShown(value.left) && isShown(value.right);
  return ts.isObjectLiteralExpression(value) || ts.isLiteralExpression(value) || ts.isIdentifier(value);
}

function isStatic(declaration: ts.MethodDeclaration | ts.MethodSignature): boolean {
  return declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
}

/** From `start` on, moved left as far as the declaration's first line is indented. */
function textFrom(declaration: ts.Declaration, start: number, end = declaration.getEnd()): string {
  const { text } = declaration.getSourceFile();
  const firstLine = text.slice(text.lastIndexOf("\n", declaration.getStart()) + 1);
  const indentation = firstLine.search(/\S/);
  const lines = text.slice(start, end).trim().split("\n");
  return lines
    .map((line, index) => (index === 0 ? line : line.slice(Math.min(indentation, line.search(/\S|$/)))))
    .join("\n");
}
