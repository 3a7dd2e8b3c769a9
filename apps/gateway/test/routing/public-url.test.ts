import { expect, test } from "vitest";
import { loadConfiguration } from "../../src/config/load-configuration.ts";
import { parsePublicUrls } from "../../src/routing/public-url.ts";

test("several origins, the first of which is the primary one", () => {
  expect(parsePublicUrls("https://b.example,https://a.example")).toEqual({
    origins: ["https://b.example", "https://a.example"],
    areInsecure: false,
  });
  expect(parsePublicUrls(["https://b.example", "https://b.other.example:8443"]).origins).toHaveLength(2);
});

test("http on this machine may stand beside https elsewhere, and beside other ports", () => {
  const { origins, areInsecure } = parsePublicUrls("https://a.example,http://localhost:8080,http://localhost:8081");
  expect([origins.length, areInsecure]).toEqual([3, false]);
});

test("plain http elsewhere is insecure, be it one of many", () => {
  expect(parsePublicUrls("http://localhost,http://a.example").areInsecure).toBe(true);
});

test.each([
  ["https://a.example,https://a.example", "must not have https://a.example twice"],
  ["https://a.example,https://b.example,https://a.example/", "must not have https://a.example twice"],
  ["https://a.example,https://a.example:443", "must not have https://a.example twice"],
  ["https://a.example,https://b.example/app", "must be right in its entry 2, which must be an origin alone"],
  ["https://a.example/app,https://b.example", "must be right in its entry 1, which must be an origin alone"],
  ["https://a.example,https://u:hunter2@b.example", "must be right in its entry 2, which must be an origin alone"],
  ["https://a.example,https://B.example", "must be right in its entry 2, which must be an origin alone"],
  ["https://a.example,", "must be right in its entry 2, which must be a text that is not empty"],
  ["https://a.example,b.example", "must be right in its entry 2, which must be a URL"],
  // One host's cookies are those of all its ports, and HSTS is for all of them.
  ["https://a.example,https://a.example:8443", "must not have https://a.example beside https://a.example:8443"],
  ["http://localhost:8080,https://localhost", "must not have http://localhost:8080 beside https://localhost"],
  ["https://a.example,http://b.example", "must not have http://b.example beside origins with https"],
])("%s is refused", (text, message) => {
  expect(() => parsePublicUrls(text)).toThrow(message);
  expect(() => parsePublicUrls(text)).not.toThrow("hunter2");
});

const load = (environment: Readonly<Record<string, string>>) => loadConfiguration({ environment }).configuration;

test("https and plain http do not mix, even where plain http is allowed", () => {
  const environment = { COATCHECK_PUBLIC_URL: "http://a.example,http://b.example" };
  expect(() => load(environment)).toThrow("must begin with https://");
  const allowed = { COATCHECK_DANGEROUSLY_ALLOW_INSECURE_HTTP: "true" };
  expect(load({ ...environment, ...allowed }).publicUrl).toEqual(["http://a.example", "http://b.example"]);
  const mixed = { ...allowed, COATCHECK_PUBLIC_URL: "https://a.example,http://b.example" };
  expect(() => load(mixed)).toThrow("COATCHECK_PUBLIC_URL must not have http://b.example beside origins with https");
});

test("a route's host is that of a public origin, port included", () => {
  const routes = (host: unknown) => ({
    COATCHECK_PUBLIC_URL: "https://a.example,https://b.example:8443",
    COATCHECK_ROUTES: JSON.stringify([{ host, path: "/", upstream: "http://127.0.0.1:1", access: "login" }]),
  });
  expect(load(routes("b.example:8443")).routes).toMatchObject([{ host: "b.example:8443" }]);
  expect(load(routes(undefined)).routes).toMatchObject([{ host: null }]);
  for (const host of [
    "b.example",
    "a.example:443",
    "A.example",
    "https://a.example",
    "c.example",
    "",
    1,
    ["a.example"],
  ]) {
    expect(() => load(routes(host))).toThrow(
      "COATCHECK_ROUTES must be right in its entry 1, which must have as its host one of the public URL's, which is " +
        "a.example or b.example:8443, or none.",
    );
  }
});
