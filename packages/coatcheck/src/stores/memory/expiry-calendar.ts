import type { Timestamp } from "../../core/clock.ts";

const MINUTE = 60_000;

/**
 * ExpiryCalendar files keys under the minute at which there may be something to remove, so that a sweep looks only at
 * due keys and never at a million other sessions. A key that is filed again for an earlier minute is found at that
 * minute; the caller then files it again for the rest.
 */
export class ExpiryCalendar {
  readonly #keysByMinute = new Map<number, Set<string>>();
  readonly #minuteOfKey = new Map<string, number>();

  /** Makes sure that the key comes up at `at`, or up to a minute before. An earlier filing stays in force. */
  file(key: string, at: Timestamp): void {
    const minute = Math.floor(at / MINUTE);
    const filed = this.#minuteOfKey.get(key);
    if (filed !== undefined && filed <= minute) return;
    this.unfile(key);
    this.#minuteOfKey.set(key, minute);
    const keys = this.#keysByMinute.get(minute);
    if (keys === undefined) this.#keysByMinute.set(minute, new Set([key]));
    else keys.add(key);
  }

  unfile(key: string): void {
    const minute = this.#minuteOfKey.get(key);
    if (minute === undefined) return;
    this.#minuteOfKey.delete(key);
    const keys = this.#keysByMinute.get(minute);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysByMinute.delete(minute);
  }

  /** The keys whose minute has come. A key that is meanwhile filed again for the same minute is not returned twice. */
  *due(now: Timestamp): Generator<string> {
    const minutes = [...this.#keysByMinute.keys()].filter((minute) => minute * MINUTE <= now);
    for (const minute of minutes) yield* [...(this.#keysByMinute.get(minute) ?? [])];
  }
}
