import { safeNext } from "coatcheck/adapter";
import { expect, test } from "vitest";

test.each<[candidate: string, result: string]>([
  ["/", "/"],
  ["/account", "/account"],
  ["/a/b?c=d&e=%2F%2Fevil.example#f", "/a/b?c=d&e=%2F%2Fevil.example#f"],
  ["/a/../b", "/b"],
  ["/search?next=https://evil.example", "/search?next=https://evil.example"],
  ["/grüße", "/gr%C3%BC%C3%9Fe"],
  ["/@evil.example", "/@evil.example"],
  ["/%2f/evil.example", "/%2f/evil.example"],
])("%s stays: it is on this origin", (candidate, result) => {
  expect(safeNext(candidate, "/home")).toBe(result);
});

test.each([
  "",
  "account",
  "https://evil.example/",
  "HTTPS://evil.example",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "/a/../..//evil.example",
  "/%2e%2e//evil.example",
  "/%2E%2e//evil.example",
  "/\u0000/evil.example",
  "/\u0085/evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "http:evil.example",
  "?next",
  "#a",
])("%j falls back", (candidate) => {
  expect(safeNext(candidate, "/home")).toBe("/home");
});

test("no candidate falls back", () => {
  expect(safeNext(null)).toBe("/");
  expect(safeNext(undefined, "/home")).toBe("/home");
});
