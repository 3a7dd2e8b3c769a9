import { inspect } from "node:util";

const SHOWN = "(secret)";

/** SecretText is a password, or a URL that contains one. It appears in no log, no JSON and no error message. */
export class SecretText {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [inspect.custom](): string {
    return SHOWN;
  }
}
