import { type Token, tokenize } from "../source/tokens.ts";

/** What an exported name is: erased by the compiler, or there when the program runs. A class counts as a value. */
export type NameKind = "type" | "value";

const typeKeywords = new Set(["interface", "type"]);
const valueKeywords = new Set(["class", "function", "const", "let", "var", "enum", "namespace"]);
const modifiers = new Set(["declare", "abstract", "async"]);

/**
 * The names that a module exports, read from its declaration file.
 *
 * @throws Error for `export *`, whose names cannot be reviewed where they are published, and for unknown syntax
 */
export function declaredNames(declarations: string): ReadonlyMap<string, NameKind> {
  const tokens = tokenize(declarations).filter((token) => token.kind !== "comment");
  const names = new Map<string, NameKind>();
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.kind === "punctuation" && "{([".includes(token.text)) depth += 1;
    if (token.kind === "punctuation" && "})]".includes(token.text)) depth -= 1;
    if (depth > 0 || token.kind !== "word" || token.text !== "export") continue;
    for (const [name, kind] of namesAfterExport(tokens, index + 1)) names.set(name, kind);
  }
  return names;
}

function namesAfterExport(tokens: readonly Token[], start: number): readonly (readonly [string, NameKind])[] {
  const [first, second] = [tokens[start]?.text, tokens[start + 1]?.text];
  if (first === "{") return namesInBraces(tokens, start + 1, "value");
  if (first === "type" && second === "{") return namesInBraces(tokens, start + 2, "type");
  if (first === "default") return [["default", "value"]];

  let index = start;
  while (modifiers.has(tokens[index]?.text ?? "")) index += 1;
  const keyword = tokens[index]?.text ?? "";
  const name = tokens[index + 1];
  if (name?.kind === "word" && typeKeywords.has(keyword)) return [[name.text, "type"]];
  if (name?.kind === "word" && valueKeywords.has(keyword)) return [[name.text, "value"]];
  throw new Error(`line ${tokens[start]?.line}: name each export; "export ${first} ${second}" is not understood.`);
}

/** `A, type B, C as D`, up to the closing brace. */
function namesInBraces(
  tokens: readonly Token[],
  start: number,
  kind: NameKind,
): readonly (readonly [string, NameKind])[] {
  const names: (readonly [string, NameKind])[] = [];
  let element: string[] = [];
  for (const token of tokens.slice(start)) {
    if (token.text !== "," && token.text !== "}") {
      element.push(token.text);
      continue;
    }
    const isType = element[0] === "type" && element.length > 1 && element[1] !== "as";
    const name = element.at(-1);
    if (name !== undefined) names.push([name, isType ? "type" : kind]);
    if (token.text === "}") break;
    element = [];
  }
  return names;
}
