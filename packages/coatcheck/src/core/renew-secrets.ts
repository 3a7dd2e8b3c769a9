import { makeSecretDue } from "./secret-rotation.ts";
import type { SessionStore } from "./session-store.ts";
import { updateWithRetry } from "./update-with-retry.ts";

/** Makes the secrets of all sessions of a user due at once. Returns the number of sessions. */
export async function renewSecrets(store: SessionStore, userKey: string): Promise<number> {
  let count = 0;
  for (const listed of await store.listByUser(userKey)) {
    const isTaken = await updateWithRetry(store, listed, makeSecretDue);
    if (isTaken) count++;
  }
  return count;
}
