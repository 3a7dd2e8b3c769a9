import { SessionManager } from "coatcheck";
import { LoginManager, type LoginManagerOptions, RequestGuard, type RequestGuardOptions } from "coatcheck/adapter";
import { coatcheck, type ExpressOptions } from "coatcheck/express";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { describe, expect, test } from "vitest";
import { setUp } from "./support.ts";

const sessions = new SessionManager({ store: new MemorySessionStore() });
const guardWith = (options: object) =>
  new RequestGuard({ sessions, origin: "https://app.example.com", ...options } as RequestGuardOptions);
const loginsWith = (options: object) =>
  new LoginManager({ guard: guardWith({}), findUser: () => null, ...options } as LoginManagerOptions<object>);

const doorWith = (options: object) =>
  coatcheck({
    sessions,
    origin: "https://app.example.com",
    findUser: () => null,
    ...options,
  } as ExpressOptions<object> & {
    findRequestUser?: undefined;
  });

const refused: readonly [string, () => unknown, string, RegExp][] = [
  ["no store", () => new SessionManager({} as never), "invalid_configuration", /needs a store/],
  [
    "no sessions",
    () => guardWith({ sessions: undefined }),
    "invalid_configuration",
    /needs sessions, a SessionManager/,
  ],
  ["an insecure cookie", () => guardWith({ origin: "http://app.example.com" }), "insecure_origin", /https/],
  ["SameSite=None", () => guardWith({ sameSite: "none" }), "invalid_configuration", /always SameSite=Lax/],
  ["an option that does nothing", () => guardWith({ trustedOrigin: [] }), "invalid_configuration", /"trustedOrigin"/],
  ["any origin, with credentials", () => guardWith({ trustedOrigins: ["*"] }), "invalid_configuration", /"\*"/],
  [
    "a name of every object's",
    () => guardWith({ constructor: 1 }),
    "invalid_configuration",
    /"constructor"\. There are/,
  ],
  ["a list that is none", () => guardWith({ trustedOrigins: "*" }), "invalid_configuration", /list of origins/],
  [
    "an origin with a path",
    () => guardWith({ trustedOrigins: ["https://app.example.com/x"] }),
    "invalid_configuration",
    /written as/,
  ],
  [
    "an origin of another site",
    () => guardWith({ trustedOrigins: ["https://other.example"] }),
    "invalid_configuration",
    /another site/,
  ],
  [
    "an origin of another scheme",
    () => guardWith({ trustedOrigins: ["http://app.example.com"] }),
    "invalid_configuration",
    /another site/,
  ],
  [
    "a sibling, but no site",
    () => guardWith({ trustedOrigins: ["https://b.example.com"] }),
    "invalid_configuration",
    /`site`/,
  ],
  ["a site that is none", () => guardWith({ site: "com" }), "invalid_configuration", /site is a domain/],
  ["a site elsewhere", () => guardWith({ site: "example.org" }), "invalid_configuration", /not within/],
  ["a pattern of routes", () => guardWith({ sessionlessRoutes: ["POST /hooks/*"] }), "invalid_configuration", /exact/],
  ["no guard", () => loginsWith({ guard: undefined }), "invalid_configuration", /needs a guard/],
  ["no way to find users", () => loginsWith({ findUser: undefined }), "invalid_configuration", /findUser is missing/],
  ["no such protection", () => loginsWith({ sessionProtection: "weak" }), "invalid_configuration", /basic/],
  [
    "a login view elsewhere",
    () => loginsWith({ loginView: "//evil.example" }),
    "invalid_configuration",
    /loginView is a path/,
  ],
  [
    "a router's view elsewhere",
    () => doorWith({}).with({ loginView: "https://a.example" }),
    "invalid_configuration",
    /loginView is a path/,
  ],
  [
    "a step-up longer than freshness",
    () => doorWith({}).freshRequired(() => {}, { withinSeconds: 901 }),
    "invalid_configuration",
    /900/,
  ],
  [
    "a route before the guard",
    () => doorWith({}).of({} as never),
    "guard_not_installed",
    /did not pass the guard. Put app.use\(auth.middleware\) before/,
  ],
];

describe("is refused, with a code and a reason", () => {
  test.each(refused)("%s", (_name, construct, code, message) => {
    expect(construct).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe("trusted origins", () => {
  const admits = (guard: RequestGuard, origin: string) =>
    guard.admit({ method: "POST", headers: new Headers({ origin, cookie: "__Host-Http-session=x" }) }).ok;

  test("www and the domain itself are one site", () => {
    for (const [origin, trusted] of [
      ["https://example.com", "https://www.example.com"],
      ["https://www.example.com", "https://example.com"],
    ] as const) {
      expect(admits(guardWith({ origin, trustedOrigins: [trusted] }), trusted)).toBe(true);
      expect(admits(guardWith({ origin }), trusted)).toBe(false);
    }
  });

  test("siblings are trusted by name, once the site is", () => {
    const guard = guardWith({ site: "example.com", trustedOrigins: ["https://b.example.com:8443"] });
    expect(admits(guard, "https://b.example.com:8443")).toBe(true);
    for (const origin of ["https://b.example.com", "https://c.example.com:8443", "null", "*", ""]) {
      expect(admits(guard, origin)).toBe(false);
    }
  });

  test("a function is asked for nothing but origins of the site", () => {
    const asked = new Set<string>();
    const guard = guardWith({
      site: "example.com",
      trustedOrigins: (origin: string) => {
        asked.add(origin);
        return origin.startsWith("https://pr-");
      },
    });
    expect(admits(guard, "https://pr-7.example.com")).toBe(true);
    expect(admits(guard, "https://main.example.com")).toBe(false);
    for (const origin of [
      "https://pr-7.evil.example",
      "https://pr-7.notexample.com",
      "http://pr-7.example.com",
      "pr-7",
    ]) {
      expect(admits(guard, origin)).toBe(false);
    }
    expect([...asked]).toEqual(["https://pr-7.example.com", "https://main.example.com"]);
  });

  test("a promise of a function is no yes, and its author is told", () => {
    const guard = guardWith({ trustedOrigins: () => Promise.resolve(true) });
    expect(() => admits(guard, "https://x.app.example.com")).toThrow(/trustedOrigins answers true or false, at once/);
  });
});

test("lazily: nothing is read of a request whose handler does not ask", async () => {
  const { client, loaded, store } = setUp();
  store.find = () => Promise.reject(new Error("asked"));
  await client()(() => "static file", { headers: { cookie: `__Host-Http-session=${"A".repeat(64)}` } });
  expect(loaded).toEqual([]);
});
