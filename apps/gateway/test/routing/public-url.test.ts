import { parseFromText } from "@coatcheck/service/settings/value-type";
import { expect, test } from "vitest";
import { loadConfiguration } from "../../src/config/load-configuration.ts";
import { publicOrigins } from "../../src/routing/public-url.ts";

const parse = (text: string) => parseFromText(publicOrigins, text);
const load = (environment: Readonly<Record<string, string>>) => loadConfiguration({ environment }).configuration;

test("several origins, the first of which is the primary one", () => {
  const both = ["https://b.example", "https://a.example"];
  expect(parse("https://b.example, https://a.example")).toEqual(both);
  expect(load({ COATCHECK_PUBLIC_URL: both.join() }).publicUrl).toEqual(both);
  expect(publicOrigins.parse(["https://b.example", "https://b.other.example:8443"])).toHaveLength(2);
});

test("http on this machine may stand beside https elsewhere, and beside other ports", () => {
  const environment = { COATCHECK_PUBLIC_URL: "https://a.example,http://localhost:8080,http://localhost:8081" };
  expect(load(environment).publicUrl).toHaveLength(3);
});

test("plain http elsewhere is insecure, be it one of many", () => {
  expect(() => load({ COATCHECK_PUBLIC_URL: "http://localhost,http://a.example" })).toThrow("must begin with https://");
});

test.each([
  ["https://a.example,https://a.example", "must not have https://a.example twice"],
  ["https://a.example,https://b.example,https://a.example/", "must not have https://a.example twice"],
  ["https://a.example,https://a.example:443", "must not have https://a.example twice"],
  ["https://a.example,https://b.example/app", "entry 2 must be an origin alone"],
  ["https://a.example/app,https://b.example", "entry 1 must be an origin alone"],
  ["https://a.example,https://u:hunter2@b.example", "entry 2 must be an origin alone"],
  ["https://a.example,https://B.example", "entry 2 must be an origin alone"],
  ["https://a.example,", "entry 2 must be a text that is not empty"],
  ["https://a.example,b.example", "entry 2 must be a URL"],
  // One host's cookies are those of all its ports, and HSTS is for all of them.
  ["https://a.example,https://a.example:8443", "must not have https://a.example beside https://a.example:8443"],
  ["http://localhost:8080,https://localhost", "must not have http://localhost:8080 beside https://localhost"],
  ["https://a.example,http://b.example", "must not have http://b.example beside origins with https"],
])("%s is refused", (text, message) => {
  expect(() => parse(text)).toThrow(message);
  expect(() => parse(text)).not.toThrow("hunter2");
});

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
  for (const host of ["b.example", "a.example:443", "A.example", "https://a.example", "c.example"]) {
    expect(() => load(routes(host))).toThrow(
      'COATCHECK_ROUTES, entry 1, "host" must be the host of one of the public URLs, which is a.example or ' +
        "b.example:8443. Leave it out for all of them.",
    );
  }
  for (const host of ["", 1, ["a.example"]]) {
    expect(() => load(routes(host))).toThrow('COATCHECK_ROUTES, entry 1, "host" must be a text that is not empty.');
  }
});
