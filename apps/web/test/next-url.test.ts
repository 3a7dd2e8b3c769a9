import { describe, expect, test } from "vitest";
import { nextUrl, signInUrl } from "../src/next-url.ts";

const ORIGIN = "http://localhost:8080";
const HERE = { origin: ORIGIN, hash: "" };
const ACCOUNT = `${ORIGIN}/auth/account`;

describe("the page after signing in", () => {
  test.each([
    ["/reports", "/reports", "a path of this origin"],
    ["/reports?year=2026#may", "/reports?year=2026#may", "its query and fragment belong to it"],
    ["/a/../b", "/b", "dot segments that stay here are resolved"],
    ["/welcome?to=//elsewhere.example", "/welcome?to=//elsewhere.example", "a query cannot name a host"],
    ["/@elsewhere.example", "/@elsewhere.example", "a path cannot hold a user name"],
  ])("%s is followed: %s (%s)", (next, path) => {
    expect(nextUrl(next, HERE)).toBe(ORIGIN + path);
  });

  test.each([
    ["/reports?year=2026", "#may", "/reports?year=2026#may"],
    ["/reports#june", "#may", "/reports#june"],
    ["/reports", "#//elsewhere.example", "/reports#//elsewhere.example"],
    ["/reports", "#@elsewhere.example/", "/reports#@elsewhere.example/"],
    [null, "#may", "/auth/account"],
    ["//elsewhere.example", "#may", "/auth/account"],
  ])("%s with the browser's fragment %s leads to %s", (next, hash, path) => {
    expect(nextUrl(next, { origin: ORIGIN, hash })).toBe(ORIGIN + path);
  });

  test.each([
    null,
    "",
    "reports",
    "//elsewhere.example",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "/.//elsewhere.example",
    "/x/..//elsewhere.example",
    "/%2e//elsewhere.example",
    "https://elsewhere.example/",
    "http://localhost:8081/",
    "http://localhost:8080@elsewhere.example/",
    "javascript:alert(1)",
    "data:text/html,hello",
    "blob:http://localhost:8080/5f0c",
    "//[",
    "/auth/sign-in?next=/auth/sign-in",
  ])("%j leads to the account page instead", (next) => {
    expect(nextUrl(next, HERE)).toBe(ACCOUNT);
  });
});

test("the way to the sign-in page remembers the way back", () => {
  const { searchParams } = new URL(signInUrl("/auth/account?tab=a&b"), ORIGIN);
  expect(nextUrl(searchParams.get("next"), HERE)).toBe(`${ORIGIN}/auth/account?tab=a&b`);
});
