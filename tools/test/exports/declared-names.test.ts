import { expect, test } from "vitest";
import { declaredNames } from "../../exports/declared-names.ts";

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
  expect(Object.fromEntries(declaredNames(declarations))).toEqual({
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
    expect(() => declaredNames(declarations)).toThrow(/^line 1: name each export/);
  },
);
