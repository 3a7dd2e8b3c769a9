import { expect, test } from "vitest";
import { exportedNames } from "../../source/exported-names.ts";
import { parseSource } from "../../source/parsed-source.ts";

function namesIn(text: string) {
  return exportedNames(parseSource({ path: "file.d.ts", text }));
}

test("reads the names and kinds that a declaration file exports", () => {
  const declarations = `
    import type { Clock } from "./clock.ts";
    declare const internal: unique symbol;
    export { type Alpha, Beta, Gamma as Delta, type Epsilon as Zeta, } from "./a.ts";
    export { type, type as Omega } from "./keywords.ts";
    export type { Eta, Theta as Iota } from "./b.ts";
    /** export declare const commented: string; */
    export declare const kappa: { export: "not this"; };
    export declare function lambda(clock: Clock): void;
    export declare abstract class Mu { export(): void; }
    export interface Nu { readonly type: string; }
    export type Xi = { readonly text: "export type Quoted = 1" };
    declare module "fastify" { export interface FastifyRequest { session: string; } }
    export default kappa;
    export {};
  `;
  expect(Object.fromEntries(namesIn(declarations).map(({ name, kind }) => [name, kind]))).toEqual({
    Alpha: "type",
    Beta: "value",
    Delta: "value",
    Zeta: "type",
    type: "value",
    Omega: "value",
    Eta: "type",
    Iota: "type",
    kappa: "value",
    lambda: "value",
    Mu: "value",
    Nu: "type",
    Xi: "type",
    default: "value",
  });
});

test.each([`export * from "./a.ts";`, `export type * from "./a.ts";`, `export * as all from "./a.ts";`, "export = a;"])(
  "refuses %s, whose names cannot be reviewed",
  (declarations) => {
    expect(() => namesIn(declarations)).toThrow(/^line 1: name each export/);
  },
);

test("tells what a module declares from what it hands on", () => {
  const text = 'export { a, type B } from "./a.ts";\nexport class C {}\nexport const d = 1,\n  e = 2;\nclass F {}\n';
  const described = namesIn(text).map(({ name, line, isDeclaration }) => [name, line, isDeclaration]);
  expect(described).toEqual([
    ["a", 1, false],
    ["B", 1, false],
    ["C", 2, true],
    ["d", 3, true],
    ["e", 3, true],
  ]);
});
