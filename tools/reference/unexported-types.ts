import type { Context, DeclarationReflection } from "typedoc";
import ts from "typescript";
import { shownTypesOf, typeReferencesIn } from "./type-references.ts";

const TYPES = ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias;

/**
 * Adds to each module the types that its exports speak of and that no module exports: who is to write an object has to
 * see its shape. Returns their ids.
 *
 * @param sources only what is declared below this folder is added
 */
export function addUnexportedTypes(context: Context, program: ts.Program, sources: string): ReadonlySet<number> {
  const checker = program.getTypeChecker();
  const added = new Set<number>();
  context.setActiveProgram(program);
  for (const module of context.project.children ?? []) {
    const waiting = [...(module.children ?? [])];
    for (let shown = waiting.pop(); shown !== undefined; shown = waiting.pop()) {
      waiting.push(...(shown.children ?? []));
      for (const symbol of namedBy(shown, context, checker)) {
        if (context.getReflectionFromSymbol(symbol) !== undefined || !isTypeOf(symbol, sources)) continue;
        context.converter.convertSymbol(context.withScope(module), symbol);
        const reflection = context.getReflectionFromSymbol(symbol);
        if (reflection === undefined) continue;
        added.add(reflection.id);
        waiting.push(reflection as DeclarationReflection);
      }
    }
  }
  context.setActiveProgram(undefined);
  return added;
}

function namedBy(shown: DeclarationReflection, context: Context, checker: ts.TypeChecker): readonly ts.Symbol[] {
  const declarations = context.getSymbolFromReflection(shown)?.declarations ?? [];
  const types = declarations.flatMap(shownTypesOf);
  return types.flatMap((type) => typeReferencesIn(type, checker)).map(({ symbol }) => symbol);
}

function isTypeOf(symbol: ts.Symbol, sources: string): boolean {
  // Every declaration: a framework's interface to which the library adds a property is still the framework's.
  const isDeclaredThere = symbol.declarations?.every((declaration) =>
    declaration.getSourceFile().fileName.startsWith(sources),
  );
  return (symbol.flags & TYPES) !== 0 && isDeclaredThere === true;
}
