const LONGEST_TEXT = 40;

/** A value for a message: short text and numbers as they are written, and only the kind of anything else. */
export function written(value: unknown): string {
  if (typeof value === "string" && value.length <= LONGEST_TEXT) return JSON.stringify(value);
  if (typeof value === "number" || typeof value === "boolean" || value === null) return String(value);
  return kindOf(value);
}

/** The kind of a value for a message. Never the value itself, which may be a misplaced secret. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return isClass(value) ? `the class ${value.name}` : "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  if (isPromise(value)) return "a promise";
  const maker: unknown = value.constructor;
  const name = typeof maker === "function" ? maker.name : "";
  return name === "" || name === "Object" ? "an object of your own" : `an object of the class ${name}`;
}

/** The remedy for a value in place of an object that must be opened or made; empty if none is known. */
export function forgottenWord(value: unknown): string {
  if (isPromise(value)) return " It is a promise: write await before it.";
  if (isClass(value)) return ` It is the class ${value.name} and not an object of it: did you forget "new" or "open"?`;
  return "";
}

export function isPromise(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function isClass(value: unknown): value is { readonly name: string } {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}
