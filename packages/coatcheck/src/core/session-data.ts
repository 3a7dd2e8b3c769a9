import { CoatcheckError } from "../errors.ts";
import type { JsonObject } from "./session-record.ts";

const MAXIMUM_DATA_BYTES = 4_096;

/**
 * A copy of the data after a round trip through JSON. It shares nothing with the caller's object, and equals what a
 * store returns later.
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
  // Checked after the round trip, because a date, or any object with `toJSON`, comes out as something else.
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
