import { RemovalListeners } from "./removal-listeners.ts";
import type { RemovedSession } from "./session-record.ts";
import type { ChannelListener, RemovalListener } from "./session-store.ts";

/** How a store hears of removals from its server. */
export interface RemovalSource {
  /**
   * Opens a connection of its own and resolves when every removal from then on will be heard. Calls `onLost` when the
   * connection is lost, and never reconnects by itself, because its caller has to know of every gap.
   */
  listen(onRemoved: RemovalListener, onLost: () => void): Promise<Subscription>;

  /**
   * For servers whose primary may change: calls `onChange` when it may have changed. Returns a function that stops
   * watching.
   */
  watchTopology?(onChange: () => void): () => void;
}

export interface Subscription {
  /** Rejects if the connection no longer works. */
  ping(): Promise<unknown>;
  close(): void;
}

const HEARTBEAT_MILLISECONDS = 1_000;
/** The deadline for opening a connection and for the answer to a heartbeat. */
const DEADLINE_MILLISECONDS = 2_000;
const SHORTEST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 2_000;

/**
 * RemovalChannel listens while it has subscribers, reconnects after each failure, and reports every gap: a lost
 * connection, a missed heartbeat, and a change of the primary, because a new primary may lack what the old one
 * announced. It keeps no process alive.
 */
export class RemovalChannel {
  readonly #source: RemovalSource;
  readonly #listeners = new RemovalListeners("interrupted");
  /** Ends the present connection; null without subscribers. */
  #stopping: AbortController | null = null;

  constructor(source: RemovalSource) {
    this.#source = source;
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    const unsubscribe = this.#listeners.add(listener, onChannel);
    if (this.#stopping === null) {
      this.#stopping = new AbortController();
      void this.#keepListening(this.#stopping.signal);
    }
    return () => {
      unsubscribe();
      if (this.#listeners.isEmpty) this.#stop();
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#stop();
  }

  #stop(): void {
    this.#stopping?.abort();
    this.#stopping = null;
    this.#listeners.report("interrupted");
  }

  async #keepListening(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      if (await this.#listenOnce(signal)) failures = 0;
      if (signal.aborted) return;
      this.#listeners.report("interrupted");
      await pause(pauseAfter(failures), signal);
    }
  }

  /** Resolves when nothing is heard any more: with true if anything could be heard before. */
  async #listenOnce(signal: AbortSignal): Promise<boolean> {
    const lost = new AbortController();
    const either = AbortSignal.any([signal, lost.signal]);
    let subscription: Subscription;
    try {
      subscription = await this.#open(either, () => lost.abort());
    } catch {
      return false;
    }
    if (!either.aborted) this.#listeners.report("open");
    const stopWatching = this.#source.watchTopology?.(() => this.#reportGap(either));
    while (!either.aborted) {
      await pause(HEARTBEAT_MILLISECONDS, either);
      if (!either.aborted) await withinDeadline(subscription.ping()).catch(() => lost.abort());
    }
    stopWatching?.();
    subscription.close();
    return true;
  }

  async #open(signal: AbortSignal, onLost: () => void): Promise<Subscription> {
    const onRemoved = (removed: RemovedSession) => {
      if (!signal.aborted) this.#listeners.tell([removed]);
    };
    const opening = this.#source.listen(onRemoved, onLost);
    try {
      return await withinDeadline(opening);
    } catch (error) {
      // A connection that opens too late must be closed, because nothing watches it.
      opening.then((late) => late.close()).catch(() => {});
      throw error;
    }
  }

  #reportGap(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.report("interrupted");
    this.#listeners.report("open");
  }
}

/** Grows with each failure and has a random part, so that a server that comes back is not flooded. */
function pauseAfter(failures: number): number {
  const longest = Math.min(LONGEST_PAUSE_MILLISECONDS, SHORTEST_PAUSE_MILLISECONDS * 2 ** failures);
  return longest / 2 + Math.random() * (longest / 2);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds).unref();
    signal.addEventListener("abort", end);
  });
}

function withinDeadline<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("The server did not answer in time.")), DEADLINE_MILLISECONDS).unref();
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
