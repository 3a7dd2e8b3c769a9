import { CoatcheckError } from "../errors.ts";
import { MAXIMUM_WRITE_ATTEMPTS } from "./authenticator.ts";
import type { SessionChange, SessionRecord } from "./session-record.ts";
import type { SessionStore } from "./session-store.ts";

/**
 * Writes a change, and repeats it after each write of another request in between. False if the session is gone or
 * expired: a write never brings a session back.
 */
export async function updateWithRetry(
  store: SessionStore,
  found: SessionRecord,
  changeOf: (record: SessionRecord) => SessionChange,
): Promise<boolean> {
  let record: SessionRecord | null = found;
  let lostVersion: number | null = null;
  for (let attempt = 0; attempt < MAXIMUM_WRITE_ATTEMPTS; attempt++) {
    if (record === null || record.version === lostVersion) return false;
    if (await store.update(record, changeOf(record), record.version)) return true;
    lostVersion = record.version;
    record = await store.find(record);
  }
  throw new CoatcheckError("store_conflict", "The session changed under every attempt to write to it.");
}
