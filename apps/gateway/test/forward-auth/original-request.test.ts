import { describe, expect, test } from "vitest";
import { originalRequest } from "../../src/forward-auth/original-request.ts";

const asking = (headers: Readonly<Record<string, string>>, changes: { method?: string; rest?: string } = {}) => ({
  method: "GET",
  rest: "",
  headers,
  ...changes,
});

describe("nginx says it in headers of its configuration", () => {
  test.each([
    ["https://app.example/app/page?x=1", "app.example", "/app/page?x=1"],
    ["https://app.example:8443/", "app.example:8443", "/"],
    ["http://app.example//evil.example/..", "app.example", "//evil.example/.."],
    ["https://app.example/a/../b/%2e%2e/c", "app.example", "/a/../b/%2e%2e/c"],
    ["https://app.example/x?next=https://evil.example/y", "app.example", "/x?next=https://evil.example/y"],
    ["https://app.example", null, null],
    ["https://app.example?/x", null, null],
    ["https:///app/page", null, null],
    ["/app/page", null, null],
    ["https://a b/", "a b", "/"],
    ["", null, null],
  ])("%s", (url, host, target) => {
    const headers = { "x-original-method": "PUT", "x-original-url": url, "x-forwarded-uri": "/evil" };
    expect(originalRequest("nginx", asking(headers))).toEqual({ method: "PUT", host, target });
  });
});

test("Caddy and Traefik say it in the words of proxies", () => {
  const headers = {
    "x-forwarded-method": "DELETE",
    "x-forwarded-host": "app.example",
    "x-forwarded-uri": "/a/../b?x=%2F",
    "x-original-url": "https://evil.example/",
  };
  const said = { method: "DELETE", host: "app.example", target: "/a/../b?x=%2F" };
  expect(originalRequest("forward", asking(headers, { method: "POST" }))).toEqual(said);
});

test("Envoy says it by the request itself", () => {
  const headers = { host: "app.example", "x-forwarded-method": "GET", "x-forwarded-uri": "/evil" };
  const asked = asking(headers, { method: "PATCH", rest: "/app/page?x=1" });
  expect(originalRequest("envoy", asked)).toEqual({ method: "PATCH", host: "app.example", target: "/app/page?x=1" });
  expect(originalRequest("envoy", asking(headers))).toMatchObject({ target: null });
});

test("what is not said, or said twice, is unknown", () => {
  expect(originalRequest("nginx", asking({}))).toEqual({ method: null, host: null, target: null });
  expect(originalRequest("forward", asking({}))).toEqual({ method: null, host: null, target: null });
  expect(originalRequest("envoy", asking({}))).toEqual({ method: "GET", host: null, target: null });
  const twice = {
    "x-forwarded-method": "POST, GET",
    "x-forwarded-host": "evil.example, app.example",
    "x-forwarded-uri": "/admin, /",
    "x-original-method": "",
    "x-original-url": "https://app.example/admin, https://app.example/",
  };
  for (const dialect of ["nginx", "forward"] as const) {
    expect(originalRequest(dialect, asking(twice))).toEqual({ method: null, host: null, target: null });
  }
});
