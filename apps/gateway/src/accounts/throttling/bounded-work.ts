import { GatewayError } from "../../errors.ts";

/**
 * BoundedWork runs at most `concurrency` tasks at a time, lets at most `maximumWaiting` wait in turn, and refuses the
 * rest at once: an immediate refusal with a time to come back helps a client more than an answer after it has given up.
 */
export class BoundedWork {
  readonly #concurrency: number;
  readonly #maximumWaiting: number;
  readonly #message: string;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** `message` tells people that there is too much work of this kind. */
  constructor(concurrency: number, maximumWaiting: number, message: string) {
    this.#concurrency = concurrency;
    this.#maximumWaiting = maximumWaiting;
    this.#message = message;
  }

  /** Whether a task would be refused. */
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

  /** The place goes straight to the next task in turn, so no task that arrives just now can jump the queue. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
