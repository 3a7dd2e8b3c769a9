import fc from "fast-check";
import { expect, test } from "vitest";
import { entityTagOf, isStrong, matchesWeakly, parseEntityTags } from "../../src/http/entity-tag.ts";

const NOW = 1_800_000_000_000;

test("a tag tells sizes and times apart, to the microsecond", () => {
  const tag = entityTagOf(100, NOW - 60_000, NOW);
  expect(tag).toMatch(/^"[a-z0-9]+-[a-z0-9]+"$/);
  expect(entityTagOf(100, NOW - 60_000, NOW + 1)).toBe(tag);
  expect(entityTagOf(101, NOW - 60_000, NOW)).not.toBe(tag);
  expect(entityTagOf(100, NOW - 60_000 + 0.001, NOW)).not.toBe(tag);
});

test("what changed just now, or in the future, is not yet known to the byte", () => {
  const soon = entityTagOf(100, NOW - 1_000, NOW);
  expect(isStrong(soon)).toBe(false);
  expect(isStrong(entityTagOf(100, NOW + 60_000, NOW))).toBe(false);
  const later = entityTagOf(100, NOW - 1_000, NOW + 5_000);
  expect(isStrong(later)).toBe(true);
  // A copy that was good enough then is good enough now.
  expect(matchesWeakly(soon, later)).toBe(true);
});

test("a list is read as it was written, and what is none is none", () => {
  const tag = fc
    .tuple(fc.constantFrom("", "W/"), fc.stringMatching(/^[!#-~]{0,8}$/))
    .map(([prefix, text]) => `${prefix}"${text}"`);
  fc.assert(
    fc.property(fc.array(tag), fc.constantFrom(",", ", ", " ,\t", ",,"), (tags, separator) => {
      expect(parseEntityTags(tags.join(separator))).toEqual(tags);
    }),
  );
  for (const text of ['"a', 'a"', '"a""b"', 'w/"a"', '"a" b', '"a";"b"', 'W/ "a"']) {
    expect(parseEntityTags(text)).toBeNull();
  }
});
