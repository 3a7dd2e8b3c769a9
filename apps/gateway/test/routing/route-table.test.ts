import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowancesOf, PATH_ALLOWANCES } from "../../src/one-reading/path-allowances.ts";
import { readRequestTarget } from "../../src/one-reading/request-target.ts";
import type { Route } from "../../src/routing/route.ts";
import { RouteTable } from "../../src/routing/route-table.ts";

const route = (path: string, changes: Partial<Route> = {}): Route => ({
  host: null,
  path,
  upstream: "http://127.0.0.1:8082",
  access: { kind: "login" },
  audience: "http://127.0.0.1:8082",
  identityHeaders: false,
  forwardHeaders: [],
  dropHeaders: [],
  ...allowancesOf(() => false),
  caseInsensitive: false,
  caseSensitive: false,
  refusePathInfo: false,
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

  test("is the only one of its path there, and replaces no route elsewhere", () => {
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

test("a path without a route goes to no service", () => {
  const table = new RouteTable([route("/api/")]);
  for (const target of ["/", "/ap", "/apis", "/apis/", "/other"]) expect(found(table, target)).toBe("none");
  expect(new RouteTable([]).isEmpty).toBe(true);
});

test("the gateway's own paths go to no service, in whatever spelling", () => {
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
      "/admin/",
      "/admin/",
      "/docs",
      "/docs/",
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
    ["no route has it", [route("/api/"), route("/admin", admin)]],
    ["it has a route of its own", [route("/"), route("/admin", admin), route("/admin/")]],
    ["it is guarded alike", [route("/", admin), route("/admin", admin)]],
    ["it is public", [route("/"), route("/robots.txt", { access: { kind: "public" } })]],
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

describe("a path that a less exact service takes for one of another route is refused", () => {
  const admin = { access: { kind: "role", role: "admin" } } as const;
  const everything = Object.fromEntries(PATH_ALLOWANCES.map((name) => [name, true]));
  const lenient = new RouteTable([route("/", everything), route("/admin/", { ...everything, ...admin })]);

  test.each([
    ["in upper case", ["/ADMIN/panel", "/Admin", "/%41dmin/x"]],
    ["with letters that turn into ASCII", ["/adm%C4%B1n/x", "/ADM%C4%B0N/x", "/%EF%BD%81dmin/x", "/%EF%BC%A1DMIN"]],
    ["with accents, which databases leave out", ["/%C3%A1dmin/x"]],
    ["with a slash encoded", ["/admin%2fpanel", "/admin%5cpanel", "/x%2f%2fadmin".replace("x%2f%2f", "%2f")]],
    ["with a slash that looks like one", ["/admin%EF%BC%8Fpanel"]],
    ["with parameters", ["/admin;x/panel", "/admin%3Bx", "/;/admin/panel"]],
    ["with a percent sign encoded", ["/%2561dmin/x", "/admin%252fpanel", "/%25u0061dmin", "/%252561dmin"]],
    ["with bytes that are no UTF-8", ["/adm%ffin/x", "/%e1dmin/x", "/admin%a0/x"]],
    ["with dots and spaces at the end of a name", ["/admin./panel", "/admin%20/panel", "/admin.%20."]],
    ["with a stream's name", ["/admin::$DATA", "/admin:x/panel"]],
    ["with the beginning of a query", ["/admin%3fx", "/admin%23x"]],
    [
      "behind a script",
      ["/index.php/admin/panel", "/x/y.php/admin", "/INDEX.PHP/admin/x", "/a.cgi/ADMIN", "/a.php;/admin"],
    ],
  ])("%s", (_how, targets) => {
    for (const target of targets) expect([target, found(lenient, target)]).toEqual([target, "ambiguous"]);
  });

  test("doubled slashes before it, too, behind the first", () => {
    const routes = [route("/a/", everything), route("/a/admin/", { ...everything, ...admin })];
    expect(found(new RouteTable(routes), "/a//admin/x")).toBe("ambiguous");
    expect(found(new RouteTable(routes), "/a//b/admin/x")).toBe("/a/");
  });

  test("and no other", () => {
    for (const target of [
      "/admins/x",
      "/x/admin",
      "/x.phpadmin/admin",
      "/ISTANBUL/%C4%B1%C5%9F%C4%B1k",
      "/stra%C3%9Fe",
    ]) {
      expect([target, found(lenient, target)]).toEqual([target, "/"]);
    }
    expect(found(lenient, "/admin/PANEL;x/a%2fb")).toBe("/admin/");
  });

  test("unless who may open the first may open the other as well", () => {
    const table = new RouteTable([route("/", admin), route("/public/", { access: { kind: "public" } }), route("/in/")]);
    expect(["/PUBLIC/x", "/IN/x", "/in./x"].map((target) => found(table, target))).toEqual(["/", "/", "/"]);
    const fresh = new RouteTable([route("/", admin), route("/Fresh/", { access: { kind: "fresh_login" } })]);
    expect(found(fresh, "/fresh/x")).toBe("ambiguous");
  });

  test("case alone, unless the route says that its service tells it apart", () => {
    const table = new RouteTable([route("/", { caseSensitive: true }), route("/admin/", admin)]);
    expect(["/ADMIN/x", "/adm%C4%B1n/x"].map((target) => found(table, target))).toEqual(["/", "/"]);
    expect(["/admin./x", "/index.php/admin/x"].map((target) => found(table, target))).toEqual([
      "ambiguous",
      "ambiguous",
    ]);
  });

  test("where it is one of the gateway's own", () => {
    for (const target of ["/auth;x/login", "/auth./login", "/%2561uth/login", "/;/auth/login"]) {
      expect([target, found(lenient, target)]).toEqual([target, "ambiguous"]);
    }
  });

  test("behind a script altogether, where the route says so, and not where a route names the script", () => {
    const table = new RouteTable([
      route("/", { refusePathInfo: true }),
      route("/remote.php/", { access: { kind: "public" } }),
    ]);
    expect(["/x.php", "/x.php?/admin", "/x.php/a", "/a/x.CGI/"].map((target) => found(table, target))).toEqual([
      "/",
      "/",
      "ambiguous",
      "ambiguous",
    ]);
    expect(found(table, "/remote.php/dav/files")).toBe("/remote.php/");
  });

  test.each([
    ["/Admin/", "/admin/"],
    ["/admin/", "/ADMIN/"],
    ["/caf\u00e9/", "/cafe/"],
  ])("two routes %s and %s, either of which could be meant, are refused", (first, second) => {
    expect(() => new RouteTable([route(first, admin), route(second)])).toThrow("Many services take");
    expect(() => new RouteTable([route(first, admin), route(second, admin)])).not.toThrow();
  });

  test("but two that a service tells apart are not", () => {
    const apart = [route("/API/", { ...admin, caseSensitive: true }), route("/api/", { caseSensitive: true })];
    const table = new RouteTable(apart);
    expect([found(table, "/api/x"), found(table, "/API/x")]).toEqual(["/api/", "/API/"]);
  });
});

test("whatever a path is, no service reads in it what its route is not enough for", () => {
  const admin = { access: { kind: "role", role: "admin" } } as const;
  const allowed = Object.fromEntries(PATH_ALLOWANCES.map((name) => [name, true]));
  const table = new RouteTable([route("/", allowed), route("/admin/", { ...allowed, ...admin })]);
  /** What programs do to a path, in any order. */
  const habits: readonly ((path: string) => string)[] = [
    (path) => path.toLowerCase(),
    (path) => path.toUpperCase().toLowerCase(),
    (path) => path.replaceAll(/\/{2,}/g, "/"),
    (path) => path.replaceAll("\\", "/"),
    (path) => path.replaceAll(/;[^/]*/g, ""),
    (path) => path.split(/[?#]/, 1)[0] ?? "",
    (path) => path.replaceAll(/[. ]+(?=\/|$)/g, ""),
    (path) => path.normalize("NFKC"),
    (path) => path.normalize("NFKD").replaceAll(/\p{M}/gu, ""),
    (path) => unescape(path),
    (path) => {
      try {
        return decodeURIComponent(path);
      } catch {
        return path;
      }
    },
    (path) => path.replace(/^.*?\.php(?=\/)/i, ""),
  ];
  const piece = fc.constantFrom(
    "admin",
    "ADMIN",
    "Admin",
    "/",
    "//",
    "%2f",
    "%252f",
    "%5c",
    ";",
    ";x",
    ".",
    "%20",
    "%2561dmin",
    "%61",
    "x",
    "y",
    "adm%C4%B1n",
    "%EF%BD%81dmin",
    "%EF%BC%8F",
    "%3f",
    "%23",
    "a.php",
    "index.PHP",
    "%e1dmin",
    "%ff",
    "%C3%A1dmin",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 7 }),
      fc.array(fc.nat({ max: habits.length - 1 }), { maxLength: 5 }),
      (pieces, order) => {
        const target = readRequestTarget(`/${pieces.join("")}`);
        if (target === null) return;
        const match = table.match(target, "a.example");
        if (match.found !== "route" || match.route.path !== "/") return;
        let seen = target.forwarded.split("?", 1)[0] ?? "";
        for (const index of order) {
          seen = habits[index]?.(seen) ?? seen;
          expect([target.forwarded, seen]).toEqual([target.forwarded, expect.not.stringMatching(/^\/admin(\/|$)/)]);
        }
      },
    ),
    { numRuns: 30_000 },
  );
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
