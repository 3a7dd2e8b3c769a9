import { describe, expect, test } from "vitest";
import { PassCookie } from "../../src/passes/pass-cookie.ts";
import { presentedPass } from "../../src/passes/presented-pass.ts";
import { readRequestTarget } from "../../src/passes/request-target.ts";

describe("what a request asks for", () => {
  test.each([
    ["/one.wav", "/one.wav", null, []],
    ["/one.wav?token=a", "/one.wav", null, ["a"]],
    ["/one.wav?x=1&token=a&_HLS_msn=3", "/one.wav", null, ["a"]],
    ["/one.wav?token=a&token=b", "/one.wav", null, ["a", "b"]],
    ["/one.wav?token=", "/one.wav", null, [""]],
    ["/one.wav?%74oken=a", "/one.wav", null, ["a"]],
    ["/a%20b.wav", "/a%20b.wav", null, []],
    ["/%61.wav", "/a.wav", null, []],
    ["/~/a.b-c_d/songs/one.wav", "/songs/one.wav", "a.b-c_d", []],
    ["/~/a/songs/one.wav?token=b", "/songs/one.wav", "a", ["b"]],
    ["/~/a/", "/", "a", []],
    ["/~tilde/one.wav", "/~tilde/one.wav", null, []],
    ["/songs/~/-/one.wav", "/songs/~/-/one.wav", null, []],
    ["/100%25%20Hits.wav?token=a", "/100%25%20Hits.wav", null, ["a"]],
    ["/~/a/AC%5cDC.wav", "/AC%5CDC.wav", "a", []],
    [`/~/${"a".repeat(8_000)}/one.wav`, "/one.wav", "a".repeat(8_000), []],
  ])("%s", (url, path, passInPath, passesInQuery) => {
    const target = readRequestTarget(url);
    expect(target).toMatchObject({ passInPath, passesInQuery });
    expect(target?.path.text).toBe(path);
  });

  test.each([
    "",
    "*",
    "one.wav",
    "http://files.example/one.wav",
    "//one.wav",
    "/songs//one.wav",
    "/./one.wav",
    "/../one.wav",
    "/songs/../one.wav",
    "/songs/%2e%2e/one.wav",
    "/songs%2fone.wav",
    "/songs\\one.wav",
    "/one%00.wav",
    "/%252e%252e/one.wav",
    "/one%.wav",
    "/one%ff.wav",
    "/one.wav#x",
    // The service's own names, and passes that are none.
    "/~",
    "/~/",
    "/~/a",
    "/-",
    "/-/one.wav",
    "/-/health/lively",
    "/%7e/a/one.wav",
    "/%2d/one.wav",
    "/~/a/~/b/one.wav",
    "/~/a/-/one.wav",
    "/~/a//one.wav",
    "/~//../one.wav",
  ])("could mean several things, or is no file's: %s", (url) => expect(readRequestTarget(url)).toBeNull());

  test.each([
    ["?cookie=1", true],
    ["?token=a&cookie=1", true],
    ["?cookie=0", false],
    ["?cookie", false],
    ["", false],
  ])("the cookie is asked for by %s: %s", (query, expected) => {
    expect(readRequestTarget(`/one.wav${query}`)?.asksForCookie).toBe(expected);
  });
});

describe("the pass of a request", () => {
  const presented = (url: string, cookies: readonly string[] = []) => {
    const target = readRequestTarget(url);
    if (target === null) throw new Error("That is no target.");
    return presentedPass(target, cookies);
  };

  test.each([
    ["/one.wav?token=a", [], "query", "a"],
    ["/~/a/one.wav", [], "path", "a"],
    ["/one.wav", ["a"], "cookie", "a"],
    // What a browser sends along is not a second pass: the page, or a stranger's, may not even know of it.
    ["/one.wav?token=a", ["b"], "query", "a"],
    ["/one.wav?token=a", ["b", "c"], "query", "a"],
    ["/~/a/one.wav", ["b"], "path", "a"],
    ["/one.wav?token=", ["a"], "query", ""],
    ["/one.wav?token=a&cookie=1", ["old"], "query", "a"],
    ["/~/a/one.wav?cookie=1", ["old"], "path", "a"],
    ["/one.wav?cookie=1", ["a"], "cookie", "a"],
  ] as const)("%s with cookies %j", (url, cookies, carrier, token) => {
    expect(presented(url, cookies)).toEqual({ outcome: "presented", tokens: [token], carrier });
  });

  test("may be any of the cookies, of which a stranger's page may have had one set for a narrower path", () => {
    expect(presented("/one.wav", ["a", "b"])).toEqual({ outcome: "presented", tokens: ["a", "b"], carrier: "cookie" });
    const many = ["a", "b", "c", "d", "e"];
    expect(presented("/one.wav?cookie=1", many)).toMatchObject({ tokens: ["a", "b", "c", "d"] });
  });

  test.each([
    ["/one.wav?token=a&token=b", []],
    ["/one.wav?token=a&token=a", []],
    ["/~/a/one.wav?token=b", []],
    ["/one.wav?token=a&token=b", ["c"]],
    ["/one.wav?token=a&token=b&cookie=1", []],
  ])("is none, where there are several: %s with cookies %j", (url, cookies) => {
    expect(presented(url, cookies)).toEqual({ outcome: "several" });
  });

  test("there may be none", () => expect(presented("/one.wav")).toEqual({ outcome: "none" }));
});

describe("the cookie", () => {
  const pass = { path: "/songs/a%3Bb/", issuedAt: 0, expiresAt: 100_900, session: "session" };

  test("goes to what the pass opens, for as long as it does", () => {
    const cookie = new PassCookie("https://files.example");
    expect(cookie.write("PASS", pass, 1_000)).toBe(
      "__Secure-coatcheck-pass=PASS; Path=/songs/a%3Bb/; Max-Age=99; HttpOnly; Secure; SameSite=Strict",
    );
    expect(cookie.write("PASS", pass, 200_000)).toContain("; Max-Age=0;");
  });

  test("over http on this machine it is not Secure, and no neighbour's", () => {
    const cookie = new PassCookie("http://localhost:8081");
    expect(cookie.write("PASS", pass, 1_000)).toMatch(/^coatcheck-pass-8081=PASS; .*; HttpOnly; SameSite=Strict$/);
    expect(new PassCookie("http://localhost").name).toBe("coatcheck-pass-80");
  });

  test("is read by its whole name, each time it is there", () => {
    const cookie = new PassCookie("https://files.example");
    expect(cookie.read(undefined)).toEqual([]);
    expect(cookie.read("a=b; __Secure-coatcheck-pass=one;__Secure-coatcheck-pass=two=; x")).toEqual(["one", "two="]);
    expect(cookie.read("x__Secure-coatcheck-pass=one; __secure-coatcheck-pass=two; __Secure-coatcheck-pass")).toEqual(
      [],
    );
  });
});
