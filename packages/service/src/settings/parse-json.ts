/** A key occurs twice in one object. A JSON parser would silently keep the second value. */
export class DuplicateKey extends Error {
  override readonly name = "DuplicateKey";
  readonly key: string;

  constructor(key: string) {
    super(`The key ${JSON.stringify(key)} is there twice.`);
    this.key = key;
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * The value of a JSON text in which no object has a key twice.
 *
 * @throws SyntaxError, or DuplicateKey
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  /** The keys of each open object. Null stands for an open list. */
  const open: (Set<string> | null)[] = [];
  let latest = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(token === "{" ? new Set() : null);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") note(open.at(-1) ?? null, latest);
    else if (token !== ",") latest = token;
  }
  return value;
}

function note(keys: Set<string> | null, quoted: string): void {
  const key: string = JSON.parse(quoted);
  if (keys?.has(key)) throw new DuplicateKey(key);
  keys?.add(key);
}
