export interface Token {
  readonly kind: "word" | "string" | "template" | "expression" | "punctuation" | "comment";
  /** A string's text is what stands between its quotes, as written; every other token's is its whole text. */
  readonly text: string;
  /** The line it begins on, from 1. */
  readonly line: number;
}

const whitespace = /\s+/y;
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|^#![^\n]*/y;
const string = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
/** From a backtick, or from the brace that ends a substitution, to the next substitution or the closing backtick. */
const templatePart = /[`}](?:[^`\\$]|\\[\s\S]|\$(?!\{))*(?:`|\$\{)/y;
const regularExpression = /\/(?![*/])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\p{ID_Continue}*/uy;
const word = /[\p{ID_Continue}$]+/uy;

/** Words after which a slash begins a regular expression. After any other word it divides. */
const wordsBeforeExpression = new Set(
  "return typeof case in of delete void throw new else do instanceof yield await".split(" "),
);

/**
 * Splits TypeScript into tokens: just enough grammar that an import in a comment, a string, a template or a regular
 * expression is not taken for one. A slash is read by the token before it, as is usual; where that misleads (a
 * regular expression at the start of a statement, after a block) the harm ends with the line.
 */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  /** What each open brace is to the template around it: true if its closing brace resumes that template. */
  const braces: boolean[] = [];
  let position = 0;
  let line = 1;

  function take(pattern: RegExp): string | null {
    pattern.lastIndex = position;
    return pattern.exec(source)?.[0] ?? null;
  }
  function emit(kind: Token["kind"] | null, text: string, value = text): void {
    if (kind !== null) tokens.push({ kind, text: value, line });
    position += text.length;
    for (const character of text) if (character === "\n") line += 1;
  }
  function emitTemplatePart(): boolean {
    const part = take(templatePart);
    if (part === null) return false;
    if (part.endsWith("${")) braces.push(true);
    const isPlain = part.startsWith("`") && part.endsWith("`");
    emit(isPlain ? "string" : "template", part, isPlain ? part.slice(1, -1) : part);
    return true;
  }

  while (position < source.length) {
    const character = source.charAt(position);
    const blank = take(whitespace);
    if (blank !== null) {
      emit(null, blank);
      continue;
    }
    const remark = take(comment);
    if (remark !== null) {
      emit("comment", remark);
      continue;
    }
    const quoted = take(string);
    if (quoted !== null) {
      emit("string", quoted, quoted.slice(1, -1));
      continue;
    }
    const name = take(word);
    if (name !== null) {
      emit("word", name);
      continue;
    }
    const expression = character === "/" && mayBeginExpression(tokens) ? take(regularExpression) : null;
    if (expression !== null) {
      emit("expression", expression);
      continue;
    }
    if (character === "`" && emitTemplatePart()) continue;
    if (character === "{") braces.push(false);
    if (character === "}" && braces.pop() === true && emitTemplatePart()) continue;
    emit("punctuation", character);
  }
  return tokens;
}

function mayBeginExpression(before: readonly Token[]): boolean {
  const previous = before.findLast((token) => token.kind !== "comment");
  if (previous === undefined) return true;
  if (previous.kind === "word") return wordsBeforeExpression.has(previous.text);
  return previous.kind === "punctuation" && !")]}".includes(previous.text);
}
