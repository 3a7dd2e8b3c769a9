import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ByteRange, decideRanges, lengthOf, parseRange } from "../../src/http/byte-ranges.ts";

const decide = (header: string, size: number) => {
  const decision = decideRanges(parseRange(header), size);
  return typeof decision === "string" ? decision : decision.map(({ first, last }) => `${first}-${last}`).join(" ");
};

describe("a Range header, for a file of 1000 bytes", () => {
  test.each([
    // Those of RFC 9110, 14.1.2, and what players ask for first.
    ["bytes=0-499", "0-499"],
    ["bytes=500-999", "500-999"],
    ["bytes=-500", "500-999"],
    ["bytes=500-", "500-999"],
    ["bytes=0-", "0-999"],
    ["bytes=0-1", "0-1"],
    ["bytes=0-0,-1", "0-0 999-999"],
    ["bytes= 0-9 , , 20-29 ,", "0-9 20-29"],
    ["BYTES=0-9", "0-9"],
    // More than there is means as much as there is.
    ["bytes=900-5000", "900-999"],
    ["bytes=-5000", "0-999"],
    [`bytes=0-${"9".repeat(400)}`, "0-999"],
    // What cannot be had is left out, as long as something can.
    ["bytes=2000-3000,0-9", "0-9"],
    // In the order of the request, but no byte twice.
    ["bytes=500-599,0-99", "500-599 0-99"],
    ["bytes=500-600,601-999", "500-999"],
    ["bytes=0-10,5-20,900-910,15-30", "0-30 900-910"],
    ["bytes=900-999,0-10,5-950", "0-999"],
  ])("%s is %s", (header, expected) => {
    expect(decide(header, 1_000)).toBe(expected);
  });

  test.each(["bytes=1000-", "bytes=1000-2000,3000-", "bytes=-0", `bytes=${"9".repeat(400)}-`])(
    "%s asks for nothing that is there",
    (header) => expect(decide(header, 1_000)).toBe("unsatisfiable"),
  );

  test.each([
    ["another unit", "lines=0-9"],
    ["no range", "bytes="],
    ["only commas", "bytes=,,"],
    ["backwards", "bytes=9-0"],
    ["one that is none among others", "bytes=0-9,x"],
    ["no digits", "bytes=-"],
    ["a sign", "bytes=+1-2"],
    ["a fraction", "bytes=0.5-2"],
    ["two headers that were joined", "bytes=0-1, bytes=4-5"],
    ["more than 32 of them", `bytes=${Array.from({ length: 33 }, (_, index) => `${index * 10}-${index * 10}`)}`],
  ])("%s is ignored, and the whole file sent", (_, header) => {
    expect(decide(header, 1_000)).toBe("everything");
  });

  test("32 of them are served", () => {
    const header = `bytes=${Array.from({ length: 32 }, (_, index) => `${index * 10}-${index * 10}`)}`;
    expect(decide(header, 1_000).split(" ")).toHaveLength(32);
  });
});

test("an empty file has no byte to ask for, but the last of it are all of it", () => {
  expect(decide("bytes=0-", 0)).toBe("unsatisfiable");
  expect(decide("bytes=-5", 0)).toBe("everything");
});

test("exactly the bytes that were asked for are sent, and none of them twice", () => {
  const size = 60;
  const specification = fc.oneof(
    fc.tuple(fc.nat(80), fc.nat(80)).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    fc.nat(80).map((first) => `${first}-`),
    fc.nat(80).map((length) => `-${length}`),
  );
  fc.assert(
    fc.property(fc.array(specification, { minLength: 1, maxLength: 8 }), (specifications) => {
      const wanted = new Set(specifications.flatMap((text) => bytesOf(text, size)));
      const decision = decideRanges(parseRange(`bytes=${specifications.join(",")}`), size);
      if (wanted.size === 0) return void expect(decision).toBe("unsatisfiable");
      const sent = (decision as readonly ByteRange[]).flatMap((range) =>
        Array.from({ length: lengthOf(range) }, (_, index) => range.first + index),
      );
      expect(sent.length).toBe(wanted.size);
      expect(new Set(sent)).toEqual(wanted);
    }),
  );
});

/** The bytes of one specification, the slow way. */
function bytesOf(text: string, size: number): readonly number[] {
  const all = Array.from({ length: size }, (_, index) => index);
  const [from = "", to = ""] = text.split("-");
  if (from === "") return Number(to) === 0 ? [] : all.slice(-Number(to));
  return all.filter((byte) => byte >= Number(from) && (to === "" || byte <= Number(to)));
}
