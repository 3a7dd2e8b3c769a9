import { deepEqual } from "node:assert/strict";
import type { RemovedSession } from "../../core/session-record.ts";
import type { SessionStore } from "../../core/session-store.ts";
import { inAnyOrder } from "../in-any-order.ts";
import { openSubscription } from "../open-subscription.ts";
import { pauseUntil } from "../wait-until.ts";

// Little patience: a story that fails is told again and again, to find the shortest that does.
const MAXIMUM_PAUSES = 50;

/**
 * PublishedRemovals collects what a store publishes. To be required whenever a story lets much time pass: a removal is
 * published soon after it was made, and a log of removals need not be kept for ever.
 */
export class PublishedRemovals {
  readonly #published: RemovedSession[] = [];

  static async of(store: SessionStore): Promise<PublishedRemovals> {
    const published = new PublishedRemovals();
    await openSubscription(store, (removed) => published.#published.push(removed));
    return published;
  }

  async require(removed: readonly RemovedSession[]): Promise<void> {
    await pauseUntil(() => this.#published.length >= removed.length, MAXIMUM_PAUSES);
    deepEqual(inAnyOrder(this.#published), inAnyOrder(removed));
  }
}
