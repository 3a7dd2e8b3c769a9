import { find } from "./dom.ts";
import type { PassKeeper } from "./pass-keeper.ts";
import type { Pass } from "./passes.ts";
import { clockText } from "./time-text.ts";

/** Shows the pass by which the song is fetched: what it opens, and for how long still. */
export class PassTicket {
  readonly #keeper: PassKeeper;
  readonly #ticket = find("#pass", HTMLElement);
  readonly #path = find("#pass-path", HTMLElement);
  readonly #time = find("#pass-time", HTMLElement);
  readonly #count = find("#pass-count", HTMLElement);
  #shown: Pass | null = null;
  #passes = 0;

  constructor(keeper: PassKeeper) {
    this.#keeper = keeper;
    setInterval(() => this.update(), 500);
  }

  update(): void {
    const { pass } = this.#keeper;
    this.#ticket.hidden = pass === null;
    if (pass === null) return;
    if (pass !== this.#shown) this.#passes++;
    this.#shown = pass;
    this.#path.textContent = pass.path;
    this.#time.textContent = clockText((pass.endsAt - performance.now()) / 1_000);
    this.#count.textContent = String(this.#passes);
  }
}
