import { expect, test } from "vitest";
import { namedCode } from "../../source/named-code.ts";

function codeOf(text: string, name: string): readonly string[] {
  return (namedCode(text).get(name) ?? []).map(({ start, end }) => text.slice(start, end));
}

const rows: readonly (readonly [what: string, text: string, name: string, code: string])[] = [
  ["a function", "export function open() { return 1; }\n", "open", "export function open() { return 1; }"],
  ["a constant", 'const SQL = "SELECT 1";\nconst b = 1;\n', "SQL", 'const SQL = "SELECT 1";'],
  ["a template", "export const script = `return 1`;", "script", "export const script = `return 1`;"],
  ["a method", "class A { async find() { return 1; } }", "A.find", "async find() { return 1; }"],
  ["a private method", "class A { #find() {} find() {} }", "A.#find", "#find() {}"],
  ["a constructor", "class A { constructor() { b(); } }", "A.constructor", "constructor() { b(); }"],
  ["a property", "class A { readonly #b = 1; c = 2; }", "A.#b", "readonly #b = 1;"],
  ["a function in an object", "const routes = { login() { a(); } };", "routes.login", "login() { a(); }"],
  ["an arrow in an object", "const routes = { login: () => a() };", "routes.login", "login: () => a()"],
  ["a function in a function", "function a() { function b() { c(); } }", "a.b", "function b() { c(); }"],
  ["an arrow in a function", "function a() { const b = () => c(); }", "a.b", "const b = () => c();"],
  ["code without its comment", "/** Opens b. */\nfunction a() {}", "a", "function a() {}"],
];

test.each(rows)("finds %s by its name", (_what, text, name, code) => {
  expect(codeOf(text, name)).toEqual([code]);
});

test("a getter and its setter have one name", () => {
  expect(codeOf("class A { get b() { return 1; } set b(c) {} }", "A.b")).toEqual([
    "get b() { return 1; }",
    "set b(c) {}",
  ]);
});

test("what a function keeps in between has no name, and neither has what a comment or a string says", () => {
  const names = [...namedCode("function a() { const b = 1; return b; }\n// function c() {}\n").keys()];
  expect(names).toEqual(["a"]);
  expect([...namedCode("const d = 'function e() {}';").keys()]).toEqual(["d"]);
});
