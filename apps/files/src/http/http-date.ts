/** Milliseconds since 1970. */
export type UnixMilliseconds = number;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
const IMF_FIXDATE = new RegExp(`^[A-Z][a-z]{2}, (\\d\\d) ([A-Z][a-z]{2}) (\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(`^[A-Z][a-z]{5,8}, (\\d\\d)-([A-Z][a-z]{2})-(\\d\\d) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/** HTTP has whole seconds. */
export function formatHttpDate(time: UnixMilliseconds): string {
  return new Date(time).toUTCString();
}

/**
 * Reads a date in any of the three forms that a recipient has to understand (RFC 9110, 5.6.7). Null for any other text, and
 * for a day that no calendar has. `Date.parse` would accept many more.
 */
export function parseHttpDate(text: string, now: UnixMilliseconds): UnixMilliseconds | null {
  const fixed = IMF_FIXDATE.exec(text);
  if (fixed !== null) return timestampOf(fixed[3], fixed[2], fixed[1], fixed.slice(4));
  const short = RFC_850.exec(text);
  if (short !== null) return timestampOf(fullYear(Number(short[3]), now), short[2], short[1], short.slice(4));
  const unix = ASCTIME.exec(text);
  return unix === null ? null : timestampOf(unix[6], unix[1], unix[2], unix.slice(3, 6));
}

/** A year of two digits that would be more than fifty years ahead is of the last century. */
function fullYear(twoDigits: number, now: UnixMilliseconds): number {
  const thisYear = new Date(now).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function timestampOf(
  year: string | number | undefined,
  month: string | undefined,
  day: string | undefined,
  [hours, minutes, seconds]: readonly string[],
): UnixMilliseconds | null {
  const parts = [Number(year), MONTHS.indexOf(month ?? ""), Number(day)] as const;
  // A leap second counts as the second after it.
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  const time = Date.UTC(...parts, Number(hours), Number(minutes), Number(seconds));
  const midnight = new Date(Date.UTC(...parts));
  const exists = parts[1] >= 0 && midnight.getUTCMonth() === parts[1] && midnight.getUTCDate() === parts[2];
  return exists ? time : null;
}
