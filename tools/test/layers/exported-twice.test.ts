import { expect, test } from "vitest";
import { twiceExported } from "../../layers/exported-twice.ts";
import { parseSource } from "../../source/parsed-source.ts";

function problemsOf(files: Readonly<Record<string, string>>): readonly string[] {
  return twiceExported(Object.entries(files).map(([path, text]) => parseSource({ path, text })));
}

const [one, other] = ["packages/coatcheck/src/core/a.ts", "packages/coatcheck/src/http/b.ts"];
const advice = "Rename all but one, or share it.";

test("refuses a value, a function, a class and a type that another file exports", () => {
  const text =
    "export const a = 1;\nexport function b() {}\nexport class C {}\nexport interface D {}\nexport type E = 1;\n";
  expect(problemsOf({ [one]: text, [other]: text })).toEqual(
    ["a", "b", "C", "D", "E"].map(
      (name, index) => `${name} is exported by ${one}:${index + 1} and ${other}:${index + 1}. ${advice}`,
    ),
  );
});

test("refuses a type that is called like a value elsewhere", () => {
  expect(problemsOf({ [one]: "export class A {}", [other]: "export type A = 1;" })).toEqual([
    `A is exported by ${one}:1 and ${other}:1. ${advice}`,
  ]);
});

test("an application has no name of a package's, and a package none of another's", () => {
  const app = "apps/gateway/src/a.ts";
  const service = "packages/service/src/a.ts";
  const text = "export const a = 1;";
  expect(problemsOf({ [one]: text, [app]: text })).toEqual([`a is exported by ${one}:1 and ${app}:1. ${advice}`]);
  expect(problemsOf({ [one]: text, [service]: text })).toEqual([
    `a is exported by ${one}:1 and ${service}:1. ${advice}`,
  ]);
});

test("two applications may have the same name, and so may what is not exported", () => {
  const text = "export const a = 1;";
  expect(problemsOf({ "apps/gateway/src/a.ts": text, "apps/files/src/a.ts": text })).toEqual([]);
  expect(problemsOf({ [one]: text, [other]: "const a = 1;\nexport const b = a;" })).toEqual([]);
});

test("what hands a name on does not count, and neither do overloads, tests and tools", () => {
  const text = "export const a = 1;";
  const overloads = "export function b(c: 1): void;\nexport function b(c: 2): void;\nexport function b() {}\n";
  const index = 'export { a, b } from "./core/a.ts";';
  const files = { [one]: text, [other]: overloads, "packages/coatcheck/src/index.ts": index };
  expect(problemsOf({ ...files, "packages/coatcheck/test/a.ts": text, "tools/a.ts": text })).toEqual([]);
});

test("each front door exports a function coatcheck", () => {
  const text = "export function coatcheck() {}";
  const files = { "packages/coatcheck/src/adapters/node.ts": text, "packages/coatcheck/src/adapters/hono.ts": text };
  expect(problemsOf(files)).toEqual([]);
});
