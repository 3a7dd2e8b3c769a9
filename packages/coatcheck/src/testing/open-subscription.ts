import type { RemovalListener, SessionStore } from "../core/session-store.ts";
import { pauseUntil } from "./wait-until.ts";

/** Subscribes, and waits until the store says that every removal from now on is heard. Returns the unsubscription. */
export async function openSubscription(store: SessionStore, listener: RemovalListener): Promise<() => void> {
  let isOpen = false;
  const unsubscribe = store.subscribe(listener, (state) => {
    isOpen = state === "open";
  });
  await pauseUntil(() => isOpen);
  if (!isOpen) throw new Error("The store's subscription did not open.");
  return unsubscribe;
}
