import { SessionManager } from "coatcheck";
import { parsePublicOrigin } from "coatcheck/adapter";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { OriginDoors } from "../../src/doors/origin-doors.ts";
import { ServedOrigins } from "../../src/http/served-origins.ts";

const originOf = (origin: string) => parsePublicOrigin(origin);

function served(first: string, ...others: readonly string[]): (host: string | undefined) => string | null {
  const origins = new ServedOrigins([originOf(first), ...others.map(originOf)]);
  return (host) => origins.find(host)?.origin.text ?? null;
}

describe("of several origins", () => {
  const chosen = served("https://a.example", "https://b.example:8443", "http://localhost:8080", "http://localhost");

  test.each([
    ["a.example", "https://a.example"],
    ["A.EXAMPLE", "https://a.example"],
    ["a.example:443", "https://a.example"],
    ["b.example:8443", "https://b.example:8443"],
    ["localhost:8080", "http://localhost:8080"],
    ["localhost", "http://localhost"],
    ["localhost:80", "http://localhost"],
  ])("%s names %s", (host, origin) => {
    expect(chosen(host)).toBe(origin);
  });

  test.each([
    "a.example:80",
    "a.example:8443",
    "b.example",
    "b.example:443",
    "a.example.",
    "www.a.example",
    "example",
    "localhost:8081",
    "127.0.0.1:8080",
    "[::1]:8080",
    "a.example/",
    "x@a.example",
    " a.example",
    "a.example:0443",
    "a.example,b.example:8443",
    "",
    undefined,
    "__proto__",
    "constructor",
  ])("%s names none", (host) => {
    expect(chosen(host)).toBeNull();
  });
});

describe("of one origin", () => {
  test.each([
    ["https://a.example", "a.example"],
    ["https://a.example", "a.example:8443"],
    ["https://a.example", "A.example:80"],
    ["http://localhost:8080", "127.0.0.1:8081"],
    ["http://[::1]:8080", "localhost"],
  ])("%s is named by %s as well", (origin, host) => {
    expect(served(origin)(host)).toBe(origin);
  });

  test.each([
    ["https://a.example", "b.example"],
    ["https://a.example", "localhost"],
    ["http://localhost:8080", "localhost.example"],
    ["http://localhost:8080", undefined],
    ["http://localhost:8080", ""],
  ])("%s is not named by %s", (origin, host) => {
    expect(served(origin)(host)).toBeNull();
  });
});

test("browsers come by https alone, to subdomains too where the operator says so", () => {
  const both = [originOf("https://a.example"), originOf("http://localhost:8080")] as const;
  const told = (origins: ServedOrigins, host: string) => {
    const { securityHeaders, transportSecurity } = origins.findOrPrimary(host);
    return [securityHeaders["strict-transport-security"], transportSecurity[0]?.[1]];
  };
  const year = "max-age=31536000";
  expect(told(new ServedOrigins(both), "a.example")).toEqual([year, year]);
  const wide = new ServedOrigins(both, { hstsSubdomains: true });
  expect(told(wide, "a.example")).toEqual([`${year}; includeSubDomains`, `${year}; includeSubDomains`]);
  expect(told(wide, "localhost:8080")).toEqual([undefined, undefined]);
});

test("everything of an origin is its own", () => {
  const origins = new ServedOrigins([originOf("https://a.example"), originOf("http://localhost:8080")]);
  const sessions = new SessionManager({ store: new MemorySessionStore() });
  const doors = new OriginDoors({ origins, sessions, accounts: { findSessionOwner: async () => null } });
  const facts = (host: string) => {
    const served = origins.findOrPrimary(host);
    const { host: own, scheme, deviceCookie, securityHeaders } = served;
    const { guard } = doors.of(served).auth;
    return [own, scheme, guard.cookie.name, deviceCookie.name, "strict-transport-security" in securityHeaders];
  };
  const ofPrimary = ["a.example", "https", "__Host-Http-session", "__Host-Http-coatcheck-device", true];
  expect(facts("a.example:443")).toEqual(ofPrimary);
  expect(facts("localhost:8080")).toEqual(["localhost:8080", "http", "coatcheck-8080", "coatcheck-device-8080", false]);
  expect(facts("elsewhere.example")).toEqual(ofPrimary);
});
