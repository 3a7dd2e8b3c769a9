import ts from "typescript";

/** A name in a type, and what it stands for. */
export interface TypeReference {
  readonly name: ts.Identifier;
  readonly symbol: ts.Symbol;
}

/** The types that a declaration shows to those who use it: not what is inside of a function. */
export function shownTypesOf(declaration: ts.Declaration): readonly ts.Node[] {
  if (ts.isFunctionLike(declaration)) {
    const parameters = declaration.parameters.flatMap(({ type }) => (type === undefined ? [] : [type]));
    return [...(declaration.typeParameters ?? []), ...parameters, ...listed(declaration.type)];
  }
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    return [...(declaration.typeParameters ?? []), ...(declaration.heritageClauses ?? [])];
  }
  if (ts.isTypeAliasDeclaration(declaration)) return [...(declaration.typeParameters ?? []), declaration.type];
  if (ts.isPropertyDeclaration(declaration) || ts.isPropertySignature(declaration)) return listed(declaration.type);
  return ts.isVariableDeclaration(declaration) ? listed(declaration.type) : [];
}

/** Every name of a type at or below `node`, in the order of the text. */
export function typeReferencesIn(node: ts.Node, checker: ts.TypeChecker): readonly TypeReference[] {
  const references: TypeReference[] = [];
  const visit = (child: ts.Node): void => {
    const name = typeNameOf(child);
    const symbol = name && checker.getSymbolAtLocation(name);
    if (name && symbol) references.push({ name, symbol: meantBy(symbol, checker) });
    ts.forEachChild(child, visit);
  };
  visit(node);
  return references;
}

function typeNameOf(node: ts.Node): ts.Identifier | null {
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) return node.typeName;
  if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) return node.expression;
  return ts.isTypeQueryNode(node) && ts.isIdentifier(node.exprName) ? node.exprName : null;
}

function meantBy(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function listed(node: ts.Node | undefined): readonly ts.Node[] {
  return node === undefined ? [] : [node];
}
