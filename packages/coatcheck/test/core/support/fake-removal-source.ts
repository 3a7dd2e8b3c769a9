import type { Subscription } from "../../../src/core/keep-listening.ts";
import type { RemovalSource } from "../../../src/core/removal-channel.ts";
import type { RemovedSession } from "../../../src/core/session-record.ts";
import type { RemovalListener } from "../../../src/core/session-store.ts";

/** A server that does as the test says, without a wire. */
export class FakeRemovalSource implements RemovalSource {
  readonly connections: FakeConnection[] = [];
  /** When each opening was tried. */
  readonly attempts: number[] = [];
  isRefusing = false;
  #nextOpening: Promise<void> = Promise.resolve();
  readonly #watchers = new Set<() => void>();

  get newest(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error("There is no connection yet.");
    return connection;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Returns how to let the next opening go on. */
  hangNextOpening(): () => void {
    let answer = (): void => {};
    this.#nextOpening = new Promise((resolve) => {
      answer = resolve;
    });
    return answer;
  }

  async listen(onRemoved: RemovalListener, onLost: () => void): Promise<Subscription> {
    this.attempts.push(Date.now());
    if (this.isRefusing) throw new Error("The server refuses.");
    const connection = new FakeConnection(onRemoved, onLost);
    this.connections.push(connection);
    const opening = this.#nextOpening;
    this.#nextOpening = Promise.resolve();
    await opening;
    return connection;
  }

  watchTopology(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  changeTopology(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

class FakeConnection implements Subscription {
  heartbeat: "answering" | "failing" | "hanging" = "answering";
  isClosed = false;
  readonly tell: (removed: RemovedSession) => void;
  readonly lose: () => void;

  constructor(onRemoved: RemovalListener, onLost: () => void) {
    this.tell = onRemoved;
    this.lose = onLost;
  }

  ping(): Promise<unknown> {
    if (this.heartbeat === "hanging") return new Promise(() => {});
    return this.heartbeat === "failing" ? Promise.reject(new Error("The connection is gone.")) : Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }
}
