import { sessionRecordNamed } from "coatcheck/testing";
import { expect, test } from "vitest";
import { RecordCopies } from "../../src/stores/near-cache/record-copies.ts";

const MAXIMUM_AGE = 1_000;

function momentAt(milliseconds: number) {
  return { monotonic: milliseconds, wall: milliseconds };
}

test("copies that grew old go when the next one comes, whether or not they were asked for", () => {
  const copies = new RecordCopies(10, MAXIMUM_AGE);
  const [phone, laptop, tablet] = ["phone", "laptop", "tablet"].map((name) => sessionRecordNamed(name, 0));
  if (phone === undefined || laptop === undefined || tablet === undefined) throw new Error("There are three.");
  copies.keep(phone, momentAt(0));
  copies.keep(laptop, momentAt(1));
  copies.keep(tablet, momentAt(MAXIMUM_AGE + 1));
  expect(copies.size).toBe(2);
  expect(copies.get(phone, momentAt(MAXIMUM_AGE + 1))).toBe(null);
  expect(copies.get(laptop, momentAt(MAXIMUM_AGE + 1))).toBe(laptop);
});

test("a copy that was in use goes as well, once it is old", () => {
  const copies = new RecordCopies(10, MAXIMUM_AGE);
  const [used, unused, next] = ["used", "unused", "next"].map((name) => sessionRecordNamed(name, 0));
  if (used === undefined || unused === undefined || next === undefined) throw new Error("There are three.");
  copies.keep(used, momentAt(0));
  copies.keep(unused, momentAt(0));
  expect(copies.get(used, momentAt(MAXIMUM_AGE))).toBe(used);
  copies.keep(next, momentAt(2 * MAXIMUM_AGE));
  expect(copies.size).toBe(1);
});
