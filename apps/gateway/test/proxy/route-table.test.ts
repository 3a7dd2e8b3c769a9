import { describe, expect, test } from "vitest";
import { readRequestTarget } from "../../src/proxy/request-target.ts";
import type { Route } from "../../src/proxy/route.ts";
import { RouteTable } from "../../src/proxy/route-table.ts";

const route = (path: string, changes: Partial<Route> = {}): Route => ({
  path,
  upstream: "http://127.0.0.1:8082",
  access: { kind: "login" },
  audience: "http://127.0.0.1:8082",
  identityHeaders: false,
  allowEncodedSlash: false,
  allowParameters: false,
  caseInsensitive: false,
  timeoutSeconds: 60,
  ...changes,
});

/** The path of the route that is found, or what is found instead. */
function found(table: RouteTable, text: string): string {
  const target = readRequestTarget(text);
  if (target === null) return "unreadable";
  const match = table.match(target);
  return match.found === "route" ? match.route.path : match.found;
}

test("the longest route that has the path is the one", () => {
  const table = new RouteTable([route("/"), route("/api/"), route("/api/admin/"), route("/robots.txt")]);
  for (const [target, path] of [
    ["/", "/"],
    ["/api", "/"],
    ["/api/", "/api/"],
    ["/api/songs?x=/api/admin/", "/api/"],
    ["/%61pi/songs", "/api/"],
    ["/api/admin/users", "/api/admin/"],
    ["/api/%61dmin/users", "/api/admin/"],
    ["/api/administrators", "/api/"],
    ["/API/admin/users", "/"],
    ["/robots.txt", "/robots.txt"],
    ["/robots.txt/x", "/"],
  ] as const) {
    expect([target, found(table, target)]).toEqual([target, path]);
  }
});

test("what no route has is nobody's", () => {
  const table = new RouteTable([route("/api/")]);
  for (const target of ["/", "/api", "/apis/", "/other"]) expect(found(table, target)).toBe("none");
  expect(new RouteTable([]).isEmpty).toBe(true);
});

test("the gateway's own paths go to nobody, in whatever spelling", () => {
  const table = new RouteTable([route("/")]);
  for (const target of ["/auth/login", "/AUTH/login", "/%61uth/me", "/auth/", "/.well-known/jwks.json"]) {
    expect(found(table, target)).toBe("none");
  }
  expect(found(table, "/.well-known/security.txt")).toBe("/");
  expect(found(table, "/auth")).toBe("/");
});

describe("what is ambiguous passes only where the route says what its upstream makes of it", () => {
  test("an encoded slash within a segment", () => {
    const table = new RouteTable([route("/npm/", { allowEncodedSlash: true }), route("/api/")]);
    expect(found(table, "/npm/@scope%2fname")).toBe("/npm/");
    expect(found(table, "/api/@scope%2fname")).toBe("ambiguous");
  });

  test("it does not step over the routes: it is data there", () => {
    const table = new RouteTable([route("/npm/", { allowEncodedSlash: true }), route("/npm/admin/")]);
    expect(found(table, "/npm/admin%2fusers")).toBe("/npm/");
    expect(found(table, "/npm/admin/a%2fb")).toBe("ambiguous");
    expect(found(table, "/npm/x%2f..%2fadmin/users")).toBe("unreadable");
  });

  test("parameters", () => {
    const table = new RouteTable([route("/java/", { allowParameters: true }), route("/api/")]);
    expect(found(table, "/java/a;jsessionid=1")).toBe("/java/");
    expect(found(table, "/api/admin;x/users")).toBe("ambiguous");
  });
});

describe("an upstream that takes no notice of case", () => {
  test("has routes that take none either", () => {
    const table = new RouteTable([
      route("/Api/", { caseInsensitive: true }),
      route("/api/admin/", { caseInsensitive: true, access: { kind: "role", role: "admin" } }),
    ]);
    expect(found(table, "/API/ADMIN/users")).toBe("/api/admin/");
    expect(found(table, "/aPi/songs")).toBe("/Api/");
  });

  test("cannot be reached around a stricter route within", () => {
    const loophole = [route("/api/", { caseInsensitive: true }), route("/api/admin/")];
    expect(() => new RouteTable(loophole)).toThrow("/api/ takes upper and lower case for the same");
    expect(() => new RouteTable([...loophole].reverse())).toThrow("takes upper and lower case for the same");
  });
});

test("routes that contradict each other, or take the gateway's own paths, are refused", () => {
  expect(() => new RouteTable([route("/a/"), route("/a/")])).toThrow("There are two routes for /a/.");
  const insensitive = [route("/a/", { caseInsensitive: true }), route("/A/", { caseInsensitive: true })];
  expect(() => new RouteTable(insensitive)).toThrow("There are two routes for /A/.");
  for (const path of ["/auth/", "/auth/login", "/.well-known/jwks.json", "/AUTH/x/"]) {
    expect(() => new RouteTable([route(path)])).toThrow(`The gateway answers ${path} itself.`);
  }
  expect(() => new RouteTable([route("/.well-known/")])).not.toThrow();
});
