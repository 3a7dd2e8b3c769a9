import { inspect } from "node:util";

const SHOWN = "(secret)";

/** SecretText is a password, or a URL with one, that nothing prints: no log, no JSON, no error that quotes it. */
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
