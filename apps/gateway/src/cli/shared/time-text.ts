import type { Timestamp } from "coatcheck";

/** ISO 8601, UTC, to the second: the same for people and scripts. */
export function isoTime(time: Timestamp): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
