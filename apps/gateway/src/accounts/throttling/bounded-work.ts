import { GatewayError } from "../../errors.ts";

/**
 * BoundedWork runs at most `concurrency` tasks at a time, lets at most `maximumWaiting` wait in turn, and refuses the
 * rest at once: an answer that says when to come back is worth more than one that comes after its client has given up.
 */
export class BoundedWork {
  readonly #concurrency: number;
  readonly #maximumWaiting: number;
  readonly #message: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** `message` is for people: what there is too much of. */
  constructor(concurrency: number, maximumWaiting: number, message: string) {
    this.#concurrency = concurrency;
    this.#maximumWaiting = maximumWaiting;
    this.#message = message;
  }

  /** A task would be refused. */
  get isFull(): boolean {
    return this.#running >= this.#concurrency && this.#waiting.length >= this.#maximumWaiting;
  }

  get isIdle(): boolean {
    return this.#running === 0;
  }

  /** @throws GatewayError `overloaded`, before the task was started */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    await this.#enter();
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#concurrency) {
      this.#running++;
      return;
    }
    if (this.isFull) throw new GatewayError("overloaded", this.#message, { retryAfterSeconds: 2 });
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** The place goes straight to the next in turn, so no task that arrives just now can slip in before it. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
