import { type Token, tokenize } from "./tokens.ts";

export interface ModuleImport {
  /** Null for `import(…)` of anything but a literal: where it leads cannot be read. */
  readonly specifier: string | null;
  readonly line: number;
  /** True for `import type` and `export type … from`: nothing is loaded when the program runs. */
  readonly typeOnly: boolean;
  readonly reExport: boolean;
}

/**
 * The imports of a TypeScript module: static, type-only, dynamic, `export … from`, and `new URL("./file.ts",
 * import.meta.url)`, by which workers are named. `import { type Name }` counts as loading, because the compiler
 * keeps such an import when it emits.
 */
export function importsOf(source: string): readonly ModuleImport[] {
  const tokens = tokenize(source).filter((token) => token.kind !== "comment");
  const imports: ModuleImport[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== "word" || tokens[index - 1]?.text === ".") continue;
    const found =
      token.text === "import"
        ? importAt(tokens, index)
        : token.text === "export"
          ? reExportAt(tokens, index)
          : token.text === "new"
            ? fileAddressAt(tokens, index)
            : null;
    if (found !== null) imports.push(found);
  }
  return imports;
}

function importAt(tokens: readonly Token[], index: number): ModuleImport | null {
  const line = tokens[index]?.line ?? 0;
  const next = tokens[index + 1];
  if (next?.kind === "string") return { specifier: next.text, line, typeOnly: false, reExport: false };
  if (next?.text === "(") {
    const argument = tokens[index + 2];
    return { specifier: argument?.kind === "string" ? argument.text : null, line, typeOnly: false, reExport: false };
  }
  if (next === undefined || (next.kind !== "word" && next.text !== "{" && next.text !== "*")) return null;
  const specifier = specifierAfterFrom(tokens, index + 1);
  return specifier === null ? null : { specifier, line, typeOnly: isTypeModifier(tokens, index + 1), reExport: false };
}

function reExportAt(tokens: readonly Token[], index: number): ModuleImport | null {
  const typeOnly = tokens[index + 1]?.text === "type";
  const first = tokens[index + (typeOnly ? 2 : 1)]?.text;
  if (first !== "{" && first !== "*") return null;
  const specifier = specifierAfterFrom(tokens, index + 1);
  return specifier === null ? null : { specifier, line: tokens[index]?.line ?? 0, typeOnly, reExport: true };
}

/** `new URL("./name.ts", import.meta.url)`: a module that is about to be loaded by its address. */
function fileAddressAt(tokens: readonly Token[], index: number): ModuleImport | null {
  const address = tokens[index + 3];
  const shape = [1, 2, 4, 5, 6, 7].map((offset) => tokens[index + offset]?.text).join("");
  if (address?.kind !== "string" || shape !== "URL(,import.meta" || !/^\.{1,2}\/.*\.[jt]s$/.test(address.text)) {
    return null;
  }
  return { specifier: address.text, line: address.line, typeOnly: false, reExport: false };
}

/** `type` is a modifier unless it is the name that is imported: `import type from "x"`, `import type, { y } from "x"`. */
function isTypeModifier(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.text !== "type") return false;
  const next = tokens[index + 1]?.text;
  return next !== "," && !(next === "from" && tokens[index + 2]?.kind === "string");
}

function specifierAfterFrom(tokens: readonly Token[], start: number): string | null {
  for (let index = start; index < tokens.length; index += 1) {
    const token = tokens[index];
    const next = tokens[index + 1];
    if (token?.text === "from" && next?.kind === "string") return next.text;
    // Only names, braces and commas stand between the keyword and `from`; `"a-b" as c` is a name too.
    if (token?.kind !== "word" && token?.kind !== "string" && !"{},*".includes(token?.text ?? "")) return null;
    // `export { local }` without `from` ends at its brace.
    if (token?.text === "}" && next?.text !== "from") return null;
  }
  return null;
}
