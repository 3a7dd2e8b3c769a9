import { CoatcheckError } from "../errors.ts";
import type { JsonObject } from "./session-record.ts";

const MAXIMUM_DATA_BYTES = 4_096;

/**
 * A copy of the data that shares nothing with the caller's object, after a round trip through JSON: what a store
 * gives back later is what it was.
 *
 * @throws CoatcheckError `invalid_session_data`
 */
export function validateSessionData(data: JsonObject): JsonObject {
  let json: string;
  let copy: JsonObject;
  try {
    json = JSON.stringify(data);
    copy = JSON.parse(json) as JsonObject;
  } catch (cause) {
    throw new CoatcheckError("invalid_session_data", "Session data must be plain JSON.", { cause });
  }
  // Judged after the round trip: a date, or anything else with `toJSON`, goes in as an object and comes out otherwise.
  if (typeof copy !== "object" || copy === null || Array.isArray(copy)) {
    throw new CoatcheckError("invalid_session_data", "Session data is an object.");
  }
  const bytes = Buffer.byteLength(json);
  if (bytes > MAXIMUM_DATA_BYTES) {
    throw new CoatcheckError(
      "invalid_session_data",
      `Session data is ${bytes} bytes of at most ${MAXIMUM_DATA_BYTES}.`,
    );
  }
  return copy;
}
