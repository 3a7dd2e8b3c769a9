import { AgingCopies } from "coatcheck/store";
import { expect, test } from "vitest";

const MAXIMUM_AGE = 1_000;

function momentAt(milliseconds: number) {
  return { monotonic: milliseconds, wall: milliseconds };
}

test("copies that grew old go when the next one comes, also those that no request asked for", () => {
  const copies = new AgingCopies<string>(10, MAXIMUM_AGE);
  copies.keep("phone", "of the phone", momentAt(0));
  copies.keep("laptop", "of the laptop", momentAt(1));
  copies.keep("tablet", "of the tablet", momentAt(MAXIMUM_AGE + 1));
  expect(copies.size).toBe(2);
  expect(copies.get("phone", momentAt(MAXIMUM_AGE + 1))).toBe(null);
  expect(copies.get("laptop", momentAt(MAXIMUM_AGE + 1))).toBe("of the laptop");
});

test("a copy that was in use goes as well, once it is old", () => {
  const copies = new AgingCopies<string>(10, MAXIMUM_AGE);
  copies.keep("used", "in use", momentAt(0));
  copies.keep("unused", "not in use", momentAt(0));
  expect(copies.get("used", momentAt(MAXIMUM_AGE))).toBe("in use");
  copies.keep("next", "the next one", momentAt(2 * MAXIMUM_AGE));
  expect(copies.size).toBe(1);
});

test("when there are too many, the least recently used goes first", () => {
  const copies = new AgingCopies<string>(2, MAXIMUM_AGE);
  copies.keep("first", "1", momentAt(0));
  copies.keep("second", "2", momentAt(1));
  expect(copies.get("first", momentAt(2))).toBe("1");
  copies.keep("third", "3", momentAt(3));
  expect(["first", "second", "third"].map((key) => copies.get(key, momentAt(4)))).toEqual(["1", null, "3"]);
});

test("forgets the copies that it is told to, and no others", () => {
  const copies = new AgingCopies<string>(10, MAXIMUM_AGE);
  for (const value of ["ada", "grace", "ada too"]) copies.keep(value, value, momentAt(0));
  copies.dropWhere((value) => value.startsWith("ada"));
  expect(["ada", "grace", "ada too"].map((key) => copies.get(key, momentAt(1)))).toEqual([null, "grace", null]);
});
