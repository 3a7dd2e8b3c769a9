import { keepListening, type ListeningAttempt, type Subscription } from "./keep-listening.ts";
import { RemovalListeners } from "./removal-listeners.ts";
import type { RemovedSession } from "./session-record.ts";
import type { ChannelListener, RemovalListener } from "./session-store.ts";

/** The way in which a store hears of removals from its server. */
export interface RemovalSource {
  /**
   * Opens a connection of its own and resolves when it hears every removal from then on. Calls `onLost` when the
   * connection is lost, and never reconnects by itself, because its caller has to know of every gap. If `signal` is
   * aborted before the connection stands, the opening must end: otherwise each time a client would stay behind that
   * tries for ever.
   */
  listen(onRemoved: RemovalListener, onLost: () => void, signal: AbortSignal): Promise<Subscription>;

  /**
   * For servers whose primary may change: calls `onChange` when it may have changed. Returns a function that stops
   * watching.
   */
  watchTopology?(onChange: () => void): () => void;
}

/**
 * RemovalChannel listens while it has subscribers, and reports every gap: a lost connection, a missed heartbeat, and a
 * change of the primary, because a new primary may lack removals that the old one announced. It keeps no process alive.
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
      void keepListening({
        signal: this.#stopping.signal,
        listen: (attempt) => this.#listen(attempt),
        onOpen: () => this.#listeners.report("open"),
        onInterrupted: () => this.#listeners.report("interrupted"),
      });
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

  async #listen(attempt: ListeningAttempt): Promise<Subscription> {
    const onRemoved = (removed: RemovedSession) => {
      if (!attempt.signal.aborted) this.#listeners.tell([removed]);
    };
    const subscription = await this.#source.listen(onRemoved, attempt.lose, attempt.signal);
    const stopWatching = this.#source.watchTopology?.(() => this.#reportGap(attempt.signal));
    return {
      ping: () => subscription.ping(),
      close() {
        stopWatching?.();
        subscription.close();
      },
    };
  }

  #reportGap(signal: AbortSignal): void {
    if (signal.aborted) return;
    this.#listeners.report("interrupted");
    this.#listeners.report("open");
  }
}
