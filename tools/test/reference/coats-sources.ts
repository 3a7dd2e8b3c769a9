/** What the root of the library is made of. */
export const index = `/** Coats and hooks. @module */

export { CoatError, type CoatRack } from "./coats.ts";
`;

/** One of everything that there is to describe. */
export const coats = `/** Coats alone. @module */

/** Says that a coat is gone. */
export class CoatError extends Error {
  /** Why, for programs. */
  readonly code = "coat_gone";
}

/** Where coats hang. See \`coat\` for one of them. */
export interface CoatRack {
  /** Takes a coat. @throws CoatError \`coat_gone\`, if it slips. */
  hang(coat: Coat, options?: HangOptions): Promise<Ticket | null>;
}

/** How to hang a coat. */
export interface HangOptions {
  /** For how long, in seconds | 60 by default. */
  readonly keepSeconds?: number;
  /** The listener to tell; none by default. */
  readonly tell?: (ticket: Ticket) => void;
}

interface Coat {
  readonly owner: string;
}

/** What hangs <here>, or does not. */
export type Ticket =
  | { readonly found: true }
  /** A visitor took it. */
  | { readonly found: false };

/** The most that fit. */
export const MOST: number = 3;

/** Keeps \`MOST\` coats, as a \`CoatRack\` does. */
export class Hooks implements CoatRack {
  /** How many are free. */
  get free(): number {
    return MOST;
  }
  #secret = 1;
  private hidden = 2;

  /** @internal */
  constructor() {
    this.hidden = this.#secret;
  }

  async hang(coat: Coat): Promise<Ticket | null> {
    return coat.owner ? { found: this.hidden === 1 } as Ticket : null;
  }

  /** Finds one. \`Hooks.find\` is not a link, and \`Hooks.count\` is. */
  find(name: "a" | "b"): Ticket;
  find(name: string): Ticket {
    return { found: name === "" };
  }

  /** How many there are. */
  static count(first = 1) {
    return first;
  }

  /** Takes the last one down. */
  readonly drop: (from: CoatRack) => Promise<void> = async (from) => void from;
}

/**
 * Takes a coat.
 *
 * @param owner whose it is
 */
export function coat(owner: string): Coat {
  return { owner };
}
`;
