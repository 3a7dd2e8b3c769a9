/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The ranges that a client asks for, before the size of the file is known: from a byte on, from one byte to another, or
 * the last bytes.
 */
export type RangeSpecification =
  | { readonly first: number; readonly last: number | null }
  | { readonly suffixLength: number };

export type RangeDecision = readonly ByteRange[] | "everything" | "unsatisfiable";

/**
 * A request for more ranges gets the whole file, as RFC 9110, 14.2, allows: each part costs a header, and a request to the
 * bucket.
 */
const MAXIMUM_RANGES = 32;
const FROM_TO = /^(\d+)-(\d*)$/;
const SUFFIX = /^-(\d+)$/;

/** The ranges of a `Range` header. Null for another unit, for a faulty range, and for too many ranges. */
export function parseRange(header: string | undefined): readonly RangeSpecification[] | null {
  if (header === undefined) return null;
  const [, list] = /^bytes=(.*)$/i.exec(header) ?? [];
  if (list === undefined) return null;
  const specifications: RangeSpecification[] = [];
  for (const element of list.split(",")) {
    const text = element.trim();
    // Empty elements of a list mean nothing (RFC 9110, 5.6.1.2).
    if (text === "") continue;
    const specification = parseSpecification(text);
    if (specification === null || specifications.length === MAXIMUM_RANGES) return null;
    specifications.push(specification);
  }
  return specifications.length === 0 ? null : specifications;
}

/**
 * Decides which bytes of a file of `size` bytes to send. Ranges that overlap or touch become one, so that no byte is
 * sent twice; the others stay in the order in which the client asked for them (RFC 9110, 15.3.7.2).
 */
export function decideRanges(specifications: readonly RangeSpecification[] | null, size: number): RangeDecision {
  if (specifications === null) return "everything";
  // The last bytes of an empty file are the whole file, which no range can express.
  if (size === 0 && specifications.some((each) => "suffixLength" in each && each.suffixLength > 0)) return "everything";
  const ranges = specifications.flatMap((specification) => {
    const range = rangeOf(specification, size);
    return range === null ? [] : [range];
  });
  return ranges.length === 0 ? "unsatisfiable" : ranges.length === 1 ? ranges : coalesce(ranges);
}

export function lengthOf({ first, last }: ByteRange): number {
  return last - first + 1;
}

function parseSpecification(text: string): RangeSpecification | null {
  const [, suffix] = SUFFIX.exec(text) ?? [];
  if (suffix !== undefined) return { suffixLength: Number(suffix) };
  const [, from, to] = FROM_TO.exec(text) ?? [];
  if (from === undefined) return null;
  const [first, last] = [Number(from), to === "" ? null : Number(to)];
  return last !== null && last < first ? null : { first, last };
}

function rangeOf(specification: RangeSpecification, size: number): ByteRange | null {
  if ("suffixLength" in specification) {
    const length = Math.min(specification.suffixLength, size);
    return length === 0 ? null : { first: size - length, last: size - 1 };
  }
  const { first, last } = specification;
  return first >= size ? null : { first, last: Math.min(last ?? size - 1, size - 1) };
}

function coalesce(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const ordered = ranges.map((range, order) => ({ ...range, order })).sort((one, other) => one.first - other.first);
  const merged: { first: number; last: number; order: number }[] = [];
  for (const range of ordered) {
    const previous = merged.at(-1);
    if (previous === undefined || range.first > previous.last + 1) {
      merged.push({ ...range });
      continue;
    }
    previous.last = Math.max(previous.last, range.last);
    previous.order = Math.min(previous.order, range.order);
  }
  return merged.sort((one, other) => one.order - other.order).map(({ first, last }) => ({ first, last }));
}
