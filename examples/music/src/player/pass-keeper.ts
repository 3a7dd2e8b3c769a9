import { isGood, type Pass, type PassAnswer, type Passes } from "./passes.ts";
import { renewalDelay } from "./renewal-delay.ts";

const RETRY_MILLISECONDS = 5_000;

/** PassKeeper has a good pass at hand for the song that is played, and gets the next one before it ends. */
export class PassKeeper {
  readonly #passes: Passes;
  readonly #onSignedOut: () => void;
  #pass: Pass | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(passes: Passes, onSignedOut: () => void) {
    this.#passes = passes;
    this.#onSignedOut = onSignedOut;
  }

  /** The pass at hand, good or not; null if there is none. */
  get pass(): Pass | null {
    return this.#pass;
  }

  /**
   * A pass that is good, for the song at that path.
   *
   * @param unlike a pass that did not open the song, whatever its time says
   */
  async passFor(path: string, unlike: Pass | null = null): Promise<PassAnswer> {
    const kept = this.#pass;
    if (kept !== null && kept.path === path && kept !== unlike && isGood(kept)) return { outcome: "given", pass: kept };
    this.release();
    const answer = await this.#passes.ask(path);
    if (answer.outcome === "given") this.#keep(answer.pass);
    if (answer.outcome === "signed_out") this.#onSignedOut();
    return answer;
  }

  /** Forgets the pass, and asks for no other. */
  release(): void {
    clearTimeout(this.#timer);
    this.#pass = null;
  }

  #keep(pass: Pass): void {
    this.release();
    this.#pass = pass;
    const dueAt = pass.givenAt + renewalDelay(pass.endsAt - pass.givenAt);
    this.#timer = setTimeout(() => this.#renew(pass), dueAt - performance.now());
  }

  async #renew(old: Pass): Promise<void> {
    const renewed = await this.#passes.renew(old);
    // One that is too old to be exchanged may still be asked for anew.
    const answer = renewed.outcome === "refused" ? await this.#passes.ask(old.path) : renewed;
    // Another song was chosen meanwhile.
    if (this.#pass !== old) return;
    if (answer.outcome === "given") this.#keep(answer.pass);
    if (answer.outcome === "signed_out") this.#onSignedOut();
    if (answer.outcome === "unavailable") this.#timer = setTimeout(() => this.#renew(old), RETRY_MILLISECONDS);
  }
}
