import { describe, expect, test } from "vitest";
import { readRequestTarget } from "../../src/proxy/request-target.ts";
import type { Route } from "../../src/proxy/route.ts";
import { RouteTable } from "../../src/proxy/route-table.ts";

const route = (path: string, changes: Partial<Route> = {}): Route => ({
  host: null,
  path,
  upstream: "http://127.0.0.1:8082",
  access: { kind: "login" },
  audience: "http://127.0.0.1:8082",
  identityHeaders: false,
  forwardHeaders: [],
  dropHeaders: [],
  allowEncodedSlash: false,
  allowParameters: false,
  caseInsensitive: false,
  timeoutSeconds: 60,
  ...changes,
});

/** Host and path of the route that is found, or what is found instead. */
function found(table: RouteTable, text: string, host = "a.example"): string {
  const target = readRequestTarget(text);
  if (target === null) return "unreadable";
  const match = table.match(target, host);
  return match.found === "route" ? `${match.route.host ?? ""}${match.route.path}` : match.found;
}

test("the longest route that has the path is the one", () => {
  const table = new RouteTable([route("/"), route("/api/"), route("/api/admin/"), route("/robots.txt")]);
  for (const [target, path] of [
    ["/", "/"],
    ["/api", "/api/"],
    ["/api/", "/api/"],
    ["/api/admin", "/api/admin/"],
    ["/apis", "/"],
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

describe("a route with a host", () => {
  const table = new RouteTable([
    route("/"),
    route("/admin/"),
    route("/", { host: "b.example" }),
    route("/api/", { host: "b.example" }),
    route("/api/", { host: "c.example:8443" }),
  ]);

  test.each([
    ["a.example", "/x", "/"],
    ["a.example", "/api/x", "/"],
    ["a.example", "/admin/x", "/admin/"],
    ["b.example", "/x", "b.example/"],
    ["b.example", "/api/x", "b.example/api/"],
    ["b.example", "/admin/x", "b.example/"],
    ["c.example:8443", "/api/x", "c.example:8443/api/"],
    ["c.example:8443", "/admin/x", "/admin/"],
  ])("at %s, %s is of %s: it serves that one alone, before those of any host", (host, target, expected) => {
    expect(found(table, target, host)).toBe(expected);
  });

  test("is the only one of its path there, and stands in for nobody elsewhere", () => {
    const b = { host: "b.example" };
    expect(() => new RouteTable([route("/a/", b), route("/a/", b)])).toThrow("There are two routes for b.example/a/.");
    const alone = new RouteTable([route("/a/", b)]);
    expect([alone.isEmpty, found(alone, "/a/"), found(alone, "/a/", "b.example")]).toEqual([
      false,
      "none",
      "b.example/a/",
    ]);
  });
});

test("what no route has is nobody's", () => {
  const table = new RouteTable([route("/api/")]);
  for (const target of ["/", "/ap", "/apis", "/apis/", "/other"]) expect(found(table, target)).toBe("none");
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

describe("a path with a slash at its end and without", () => {
  const admin = { access: { kind: "role", role: "admin" } } as const;

  test("is guarded as everything below, unless it has a route of its own", () => {
    const table = new RouteTable([route("/"), route("/admin/", admin), route("/docs/"), route("/docs", admin)]);
    expect(["/admin", "/admin/", "/docs", "/docs/"].map((target) => found(table, target))).toEqual([
      ...["/admin/", "/admin/", "/docs", "/docs/"],
    ]);
  });

  test.each([
    ["by another role", [route("/"), route("/admin", admin)]],
    ["of any host", [route("/", { host: "b.example" }), route("/", { host: null }), route("/admin", admin)]],
    ["of one host", [route("/"), route("/admin", { ...admin, host: "b.example" })]],
  ])("is not left to a route for others: %s", (_name, routes) => {
    expect(() => new RouteTable(routes)).toThrow(/admin is that path alone, and \/admin\/ goes by the route .*\/\./);
  });

  test.each([
    ["nobody has it", [route("/api/"), route("/admin", admin)]],
    ["it has a route of its own", [route("/"), route("/admin", admin), route("/admin/")]],
    ["it is guarded alike", [route("/", admin), route("/admin", admin)]],
    ["it is open to everybody", [route("/"), route("/robots.txt", { access: { kind: "public" } })]],
    [
      "another route of the host has it first",
      [route("/a", { host: null, ...admin }), route("/", { host: "b.example" })],
    ],
  ])("may go another way where %s", (_name, routes) => {
    expect(() => new RouteTable(routes)).not.toThrow();
  });
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
    const ofOnePath = [route("/api/", { caseInsensitive: true }), route("/api")];
    expect(() => new RouteTable(ofOnePath)).toThrow(
      "/api/ takes upper and lower case for the same, so /api must as well.",
    );
  });

  test.each([
    ["within", "/api/", "/api/admin/"],
    ["around", "/api/admin/", "/api/"],
    ["of the same path", "/api/", "/api/"],
  ])("cannot be reached around a host's stricter route %s", (_where, ofAnyHost, ofOne) => {
    const loophole = [route(ofAnyHost, { caseInsensitive: true }), route(ofOne, { host: "a.example" })];
    const message = `${ofAnyHost} takes upper and lower case for the same, so a.example${ofOne} must as well.`;
    expect(() => new RouteTable(loophole)).toThrow(message);
    expect(() => new RouteTable([...loophole].reverse())).toThrow(message);
  });

  test("of one host is no way around the routes of another, or of any host, which it comes before", () => {
    const ofOne = route("/api/", { caseInsensitive: true, host: "a.example" });
    const table = new RouteTable([ofOne, route("/api/admin/"), route("/api/staff/", { host: "b.example" })]);
    expect(found(table, "/API/admin/x")).toBe("a.example/api/");
    expect(found(table, "/API/admin/x", "b.example")).toBe("none");
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
