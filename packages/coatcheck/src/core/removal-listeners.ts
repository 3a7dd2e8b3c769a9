import { warnOfFault } from "./fault-warning.ts";
import { onRejection } from "./on-rejection.ts";
import type { RemovedSession } from "./session-record.ts";
import type { ChannelListener, ChannelState, RemovalListener } from "./session-store.ts";

/**
 * RemovalListeners reports every removal to every listener, in the same order for all of them. If a listener itself
 * removes a session, that removal is reported after the present one. If a listener throws, the others still hear of the
 * removal. It also reports the state of the channel on which the store hears of removals.
 */
export class RemovalListeners {
  readonly #listeners = new Set<RemovalListener>();
  readonly #channelListeners = new Set<ChannelListener>();
  readonly #unheard: RemovedSession[] = [];
  #channel: ChannelState;
  #isTelling = false;

  /** `open` if nothing can come between a removal and its listeners; otherwise `report` says when it is open. */
  constructor(channel: ChannelState) {
    this.#channel = channel;
  }

  get isEmpty(): boolean {
    return this.#listeners.size === 0;
  }

  /**
   * Returns the unsubscription. A listener that is added twice is called twice, and each unsubscription removes it
   * once.
   */
  add(listener: RemovalListener, onChannel: ChannelListener = () => {}): () => void {
    const own: RemovalListener = (removed) => listener(removed);
    const ownChannel: ChannelListener = (state) => onChannel(state);
    this.#listeners.add(own);
    this.#channelListeners.add(ownChannel);
    if (this.#channel === "open") attempt(() => ownChannel("open"));
    return () => {
      this.#listeners.delete(own);
      this.#channelListeners.delete(ownChannel);
    };
  }

  clear(): void {
    this.#listeners.clear();
    this.#channelListeners.clear();
  }

  tell(removed: readonly RemovedSession[]): void {
    this.#unheard.push(...removed);
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (const session of this.#unheard) {
      for (const listener of this.#listeners) attempt(() => listener(session));
    }
    this.#unheard.length = 0;
    this.#isTelling = false;
  }

  /** Tells the listeners the state of the channel if it changed. */
  report(state: ChannelState): void {
    if (state === this.#channel) return;
    this.#channel = state;
    for (const listener of this.#channelListeners) attempt(() => listener(state));
  }
}

function attempt(call: () => unknown): void {
  try {
    onRejection(call(), warnOfFault);
  } catch (error) {
    warnOfFault(error);
  }
}
