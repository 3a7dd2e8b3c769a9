import { expect, test } from "vitest";
import { missingDocstrings } from "../../reference/missing-docstrings.ts";
import { libraryOf } from "./library-tree.ts";

const head = "/** A library. @module */\n\n";

/** Each is a subpath of its own, of the name under which it stands here. */
const silences = {
  "a-subpath": "/** One. */\nexport const one = 1;\n",
  "a-value": `${head}export const one = 1;\n`,
  "a-type": `${head}export type One = 1;\n`,
  "a-function-that-only-says-what-it-throws": `${head}/** @throws Error */\nexport function one() {}\n`,
  "a-method": `${head}/** A box. */\nexport class Box {\n  open() {}\n}\n`,
  "a-property": `${head}/** A box. */\nexport class Box {\n  readonly size: number = 1;\n}\n`,
  "a-member-beside-others": `${head}/** A box. */\nexport interface Box {\n  /** Its size. */\n  size: number;\n  lid: 1 | 2;\n}\n`,
  "an-option": `${head}/** A box. */\nexport interface BoxOptions {\n  size: number;\n}\n`,
  "a-default": `${head}/** A box. */\nexport interface BoxOptions {\n  /** Its size. */\n  size?: number;\n}\n`,
  "an-heir": `${head}/** A box. */\nexport interface Box {\n  a: 1;\n}\nexport interface Crate extends Box {\n  b: 1;\n}\n`,
};

/** What an interface says, what is private, a literal, a constructor and a shape need no words. */
const soundBox = `${head}/** What opens. */
export interface Lid {
  open(): void;
}

/** A box. */
export class Box implements Lid {
  readonly kind = "box";
  readonly #size: number;
  private secret = 1;

  constructor(size: number) {
    this.#size = size + this.secret;
  }

  open(): void {
    this.secret = this.#size;
  }

  /** @internal */
  peek(): void {}
}

interface Inside {
  size: number;
}

/** What is in it. */
export const inside: Inside = { size: 1 };

/** How it is made. */
export interface BoxOptions {
  /** Its size; 1 by default. */
  readonly size?: number;
}
`;

test("finds what nothing is said about, and takes no offence at what speaks for itself", async () => {
  const problems = missingDocstrings(await libraryOf({ index: soundBox, ...silences }));
  expect(problems).toEqual([
    "library/a-default: BoxOptions.size does not say its default.",
    "library/a-function-that-only-says-what-it-throws: one has no docstring.",
    "library/a-member-beside-others: Box.lid has no docstring.",
    "library/a-method: Box.open has no docstring.",
    "library/a-property: Box.size has no docstring.",
    "library/a-subpath does not say what it is: begin src/a-subpath.ts with a docstring that has @module.",
    "library/a-type: One has no docstring.",
    "library/a-value: one has no docstring.",
    "library/an-heir: Crate has no docstring.",
    "library/an-option: BoxOptions.size has no docstring.",
  ]);
});
