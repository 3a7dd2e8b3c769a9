/** Names of header fields are short, and the same few come with each request. */
const MAXIMUM_LENGTH = 64;
const MAXIMUM_KNOWN = 2_000;

/**
 * The given function, which now computes its result once for each field name. The number of names is bounded, because
 * clients can make names up.
 */
export function rememberedByName<Result extends NonNullable<unknown>>(
  findOut: (name: string) => Result,
): (name: string) => Result {
  const known = new Map<string, Result>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const found = findOut(name);
    if (name.length > MAXIMUM_LENGTH) return found;
    if (known.size >= MAXIMUM_KNOWN) known.clear();
    known.set(name, found);
    return found;
  };
}
