import { describe, expect, test } from "vitest";
import { parseHttpDate } from "../../src/http/http-date.ts";
import {
  allowsRange,
  type ConditionalHeaders,
  evaluatePreconditions,
  type Validators,
} from "../../src/http/preconditions.ts";
import { planResponse } from "../../src/http/response-plan.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const CHANGED = Date.UTC(2026, 0, 2, 3, 4, 5);
const changedAt = "Fri, 02 Jan 2026 03:04:05 GMT";
const before = "Fri, 02 Jan 2026 03:04:04 GMT";
const after = "Fri, 02 Jan 2026 03:04:06 GMT";

const file = { entityTag: '"current"', lastModified: CHANGED, size: 100 };
const weakFile = { ...file, entityTag: 'W/"current"' };
const undated = { ...file, lastModified: null };

describe("preconditions", () => {
  const rows: readonly (readonly [string, ConditionalHeaders, string, Validators?])[] = [
    ["none", {}, "proceed"],
    // One tag, or one of a list.
    ["If-Match: it", { "if-match": '"current"' }, "proceed"],
    ["If-Match: it among others", { "if-match": '"old", W/"x" , "current"' }, "proceed"],
    ["If-Match: another", { "if-match": '"old"' }, "failed"],
    ["If-Match: whatever is there", { "if-match": "*" }, "proceed"],
    ["If-Match: weak, so not to the byte", { "if-match": 'W/"current"' }, "failed"],
    ["If-Match: strong, of a weak one", { "if-match": '"current"' }, "failed", weakFile],
    ["If-Match: no list", { "if-match": "current" }, "failed"],
    ["If-None-Match: it", { "if-none-match": '"current"' }, "not_modified"],
    ["If-None-Match: it, weakly", { "if-none-match": 'W/"current"' }, "not_modified"],
    ["If-None-Match: it among others", { "if-none-match": '"a,b", "current"' }, "not_modified"],
    ["If-None-Match: a part of a tag with a comma", { "if-none-match": '"a,\\"current\\""' }, "proceed"],
    ["If-None-Match: another", { "if-none-match": '"old"' }, "proceed"],
    ["If-None-Match: whatever is there", { "if-none-match": " * " }, "not_modified"],
    ["If-None-Match: no list", { "if-none-match": "current" }, "proceed"],
    // Dates count to the second.
    ["If-Modified-Since: then", { "if-modified-since": changedAt }, "not_modified"],
    ["If-Modified-Since: after", { "if-modified-since": after }, "not_modified"],
    ["If-Modified-Since: before", { "if-modified-since": before }, "proceed"],
    ["If-Modified-Since: no date", { "if-modified-since": "yesterday" }, "proceed"],
    ["If-Modified-Since: of what has no date", { "if-modified-since": after }, "proceed", undated],
    ["If-Unmodified-Since: then", { "if-unmodified-since": changedAt }, "proceed"],
    ["If-Unmodified-Since: before", { "if-unmodified-since": before }, "failed"],
    ["If-Unmodified-Since: no date", { "if-unmodified-since": "2026-01-01" }, "proceed"],
    ["If-Unmodified-Since: of what has no date", { "if-unmodified-since": before }, "proceed", undated],
    // The order of RFC 9110, 13.2.2: a tag makes a date of no account, and If-Match comes before If-None-Match.
    ["tag over date", { "if-none-match": '"old"', "if-modified-since": after }, "proceed"],
    ["tag over date, the other", { "if-match": '"current"', "if-unmodified-since": before }, "proceed"],
    ["first things first", { "if-match": '"old"', "if-none-match": '"current"' }, "failed"],
    ["then the second", { "if-match": '"current"', "if-none-match": '"current"' }, "not_modified"],
    ["date, then tag", { "if-unmodified-since": before, "if-none-match": '"current"' }, "failed"],
    ["date, then date", { "if-unmodified-since": after, "if-modified-since": after }, "not_modified"],
  ];

  for (const [title, headers, expected, described = file] of rows) {
    test(title, () => expect(evaluatePreconditions(headers, described, NOW)).toBe(expected));
  }
});

describe("If-Range", () => {
  test.each([
    ["the tag", '"current"', file, true],
    ["another tag", '"old"', file, false],
    ["the tag, weakly", 'W/"current"', weakFile, false],
    ["a strong tag, of a weak one", '"current"', weakFile, false],
    ["a list, which it cannot be", '"old", "current"', file, false],
    ["the very date", changedAt, file, true],
    ["a later date, which proves nothing", after, file, false],
    ["the date of what changed just now", changedAt, weakFile, false],
    ["a date, of what has none", changedAt, undated, false],
    ["nothing of either", "current", file, false],
  ])("%s", (_, ifRange, described, expected) => {
    expect(allowsRange(ifRange, described, NOW)).toBe(expected);
  });
});

describe("the plan", () => {
  const plan = (method: string, headers: Parameters<typeof planResponse>[0]["headers"]) =>
    planResponse({ method, headers }, file, NOW);

  test("a range counts when the conditions let it, and is for GET alone", () => {
    const range = "bytes=0-9";
    expect(plan("GET", { range })).toEqual({ status: 206, ranges: [{ first: 0, last: 9 }] });
    expect(plan("HEAD", { range })).toEqual({ status: 200 });
    expect(plan("GET", { range, "if-range": '"old"' })).toEqual({ status: 200 });
    expect(plan("GET", { range, "if-none-match": '"current"' })).toEqual({ status: 304 });
    expect(plan("GET", { range, "if-match": '"old"' })).toEqual({ status: 412 });
    expect(plan("HEAD", { "if-none-match": '"current"' })).toEqual({ status: 304 });
  });

  test("a range that cannot be had is 416, unless it was only wanted of an older file", () => {
    expect(plan("GET", { range: "bytes=100-" })).toEqual({ status: 416 });
    expect(plan("GET", { range: "bytes=100-", "if-range": '"old"' })).toEqual({ status: 200 });
  });
});

describe("a date", () => {
  test.each([
    // All three forms of RFC 9110, 5.6.7.
    ["Sun, 06 Nov 1994 08:49:37 GMT", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Sunday, 06-Nov-94 08:49:37 GMT", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Sun Nov  6 08:49:37 1994", Date.UTC(1994, 10, 6, 8, 49, 37)],
    ["Friday, 02-Jan-26 03:04:05 GMT", CHANGED],
    ["Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
    ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
  ])("%s", (text, expected) => expect(parseHttpDate(text, NOW)).toBe(expected));

  test.each([
    ["", "0", "2026-01-02T03:04:05Z", "Fri, 02 Jan 2026 03:04:05", "fri, 02 jan 2026 03:04:05 gmt"],
    ["Fri, 2 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 +0000", "Fri, 02 Jan 2026 24:00:00 GMT"],
    ["Fri, 30 Feb 2024 00:00:00 GMT", "Fri, 00 Jan 2026 00:00:00 GMT", "Fri, 02 Foo 2026 00:00:00 GMT"],
  ])("is none: %s %s %s %s %s", (...texts) => {
    for (const text of texts) expect(parseHttpDate(text, NOW)).toBeNull();
  });
});
