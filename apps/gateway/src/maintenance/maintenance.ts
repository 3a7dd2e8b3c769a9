import type { FastifyBaseLogger } from "fastify";

/** A chore that is repeated a number of seconds after it was last done. */
export interface Chore {
  readonly name: string;
  readonly everySeconds: number;
  readonly run: () => Promise<unknown>;
}

/**
 * Maintenance does the chores of a running gateway. A chore that fails is logged, and tried again when it is next due.
 */
export class Maintenance {
  readonly #log: FastifyBaseLogger;
  readonly #timers = new Map<Chore, NodeJS.Timeout>();
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  constructor(chores: readonly Chore[], log: FastifyBaseLogger) {
    this.#log = log;
    for (const chore of chores) this.#schedule(chore);
  }

  /** Resolves when the chores under way are done. None begins afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #schedule(chore: Chore): void {
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      const running = this.#do(chore).finally(() => {
        this.#running.delete(running);
        this.#schedule(chore);
      });
      this.#running.add(running);
    }, chore.everySeconds * 1_000);
    this.#timers.set(chore, timer.unref());
  }

  async #do(chore: Chore): Promise<void> {
    try {
      await chore.run();
    } catch (error) {
      this.#log.error({ event: "maintenance_failed", chore: chore.name, err: error }, "maintenance failed");
    }
  }
}
