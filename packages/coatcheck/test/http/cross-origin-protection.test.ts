import { describe, expect, test } from "vitest";
import { CrossOriginProtection } from "../../src/http/cross-origin-protection.ts";

const ORIGIN = "https://app.example";
const TRUSTED = "https://www.app.example";
const protection = new CrossOriginProtection({
  has: (origin) => origin === ORIGIN || origin === TRUSTED,
  isOwn: (origin) => origin === ORIGIN,
});

interface Row {
  readonly why: string;
  readonly method?: string;
  readonly site?: string;
  readonly origin?: string;
  readonly custom?: string;
  readonly upgrade?: boolean;
}

function verdictOn(row: Row): string {
  return protection.check({
    method: row.method ?? "POST",
    secFetchSite: row.site ?? null,
    origin: row.origin ?? null,
    customHeader: row.custom ?? null,
    isUpgrade: row.upgrade ?? false,
  });
}

describe("allowed", () => {
  test.each<Row>([
    { why: "safe methods change nothing", method: "GET", site: "cross-site" },
    { why: "safe methods change nothing", method: "HEAD", site: "cross-site" },
    { why: "a preflight changes nothing", method: "OPTIONS", site: "cross-site", origin: "https://evil.example" },
    { why: "our own page", site: "same-origin" },
    {
      why: "our own page, whatever Origin says: only browsers write Sec-Fetch-Site",
      site: "same-origin",
      origin: "null",
    },
    { why: "the user's own doing", site: "none" },
    { why: "a page of a trusted sibling", site: "same-site", origin: TRUSTED },
    { why: "a trusted sibling opens a WebSocket", method: "GET", upgrade: true, site: "same-site", origin: TRUSTED },
    { why: "a trusted sibling in a browser without Fetch Metadata", origin: TRUSTED },
    { why: "a browser without Fetch Metadata, on our own page", origin: ORIGIN },
    { why: "an old browser on http, where Fetch Metadata is not sent", origin: ORIGIN, method: "DELETE" },
    { why: "a script that says so: no other site's page can add this header unasked", custom: "1" },
    { why: "our own page opens a WebSocket", method: "GET", upgrade: true, origin: ORIGIN, site: "same-origin" },
  ])("$why ($method $site $origin)", (row) => {
    expect(verdictOn(row)).toBe("allowed");
  });
});

describe("cross-origin", () => {
  test.each<Row>([
    { why: "another site", site: "cross-site" },
    { why: "a neighbour on a sibling domain", site: "same-site" },
    { why: "another site that claims to be us", site: "cross-site", origin: ORIGIN },
    { why: "a neighbour that claims to be us", site: "same-site", origin: ORIGIN },
    { why: "nonsense that claims to be us", site: "banana", origin: ORIGIN },
    { why: "two values that claim to be us", site: "same-origin, same-origin", origin: ORIGIN },
    { why: "an empty value that claims to be us", site: "", origin: ORIGIN },
    {
      why: "a WebSocket of another site that claims to be us",
      method: "GET",
      upgrade: true,
      site: "cross-site",
      origin: ORIGIN,
    },
    { why: "another site that claims to be trusted", site: "cross-site", origin: TRUSTED },
    { why: "nonsense that claims to be trusted", site: "banana", origin: TRUSTED },
    { why: "a neighbour that is not trusted", site: "same-site", origin: "https://other.app.example" },
    { why: "a neighbour that hides its origin", site: "same-site", origin: "null" },
    { why: "a value that no specification knows", site: "same-origin, cross-site" },
    { why: "an empty value", site: "" },
    { why: "another case", site: "Same-Origin" },
    { why: "Fetch Metadata beats the custom header", site: "cross-site", custom: "1" },
    { why: "another host", origin: "https://evil.example" },
    { why: "Origin beats the custom header", origin: "https://evil.example", custom: "1" },
    { why: "an opaque origin", origin: "null" },
    { why: "an empty origin", origin: "" },
    { why: "another scheme", origin: "http://app.example" },
    { why: "another port", origin: "https://app.example:8443" },
    { why: "the default port spelled out, which no browser does", origin: "https://app.example:443" },
    { why: "a suffix", origin: "https://app.example.evil.example" },
    { why: "a prefix", origin: "https://evilapp.example" },
    { why: "user information before our host", origin: "https://evil.example@app.example" },
    { why: "our host as user information", origin: "https://app.example@evil.example" },
    { why: "a path", origin: "https://app.example/" },
    { why: "another case", origin: "https://APP.example" },
    { why: "two origins", origin: "https://app.example, https://evil.example" },
    { why: "another site opens a WebSocket", method: "GET", upgrade: true, origin: "https://evil.example" },
    { why: "CONNECT is not safe", method: "CONNECT", site: "cross-site" },
    { why: "TRACE is not safe", method: "TRACE", site: "cross-site" },
    { why: "methods are case-sensitive", method: "get", site: "cross-site" },
    { why: "an unknown method", method: "QUERY", site: "cross-site" },
  ])("$why ($method $site $origin)", (row) => {
    expect(verdictOn(row)).toBe("cross_origin");
  });
});

describe("headerless", () => {
  test.each<Row>([
    { why: "a script" },
    { why: "another value of the custom header", custom: "true" },
    { why: "an upgrade by a script", method: "GET", upgrade: true },
    { why: "a method that is not safe", method: "DELETE" },
  ])("$why ($method $custom)", (row) => {
    expect(verdictOn(row)).toBe("headerless");
  });
});
