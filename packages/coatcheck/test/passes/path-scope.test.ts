import { readAccessPath, requireAccessPath, scopeCovers, uriContainerOf } from "coatcheck/passes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

describe("a path", () => {
  test.each([
    ["/songs/one.wav", "/songs/one.wav", ["songs", "one.wav"], false],
    ["/songs/", "/songs/", ["songs"], true],
    ["/", "/", [], true],
    ["/a%20b/c,d;e", "/a%20b/c%2Cd%3Be", ["a b", "c,d;e"], false],
    ["/%41%2dx", "/A-x", ["A-x"], false],
    ["/Caf%c3%a9", "/Caf%C3%A9", ["Café"], false],
    ["/Café", "/Caf%C3%A9", ["Café"], false],
    ["/...", "/...", ["..."], false],
    ["/100%25%20Hits.mp3", "/100%25%20Hits.mp3", ["100% Hits.mp3"], false],
    ["/AC%5cDC.mp3", "/AC%5CDC.mp3", ["AC\\DC.mp3"], false],
    ["/my%2520song.mp3", "/my%2520song.mp3", ["my%20song.mp3"], false],
    ["/http%253A%252F%252Fx.html", "/http%253A%252F%252Fx.html", ["http%3A%2F%2Fx.html"], false],
    ["/50%25%5c%3f%23%3b+.mp3", "/50%25%5C%3F%23%3B%2B.mp3", ["50%\\?#;+.mp3"], false],
    ["/Beyonce%CC%81", "/Beyonce%CC%81", ["Beyonce\u0301"], false],
  ])("%s is %s", (given, text, segments, isPrefix) => {
    expect(readAccessPath(given)).toEqual({ text, segments, isPrefix });
  });

  test.each([
    ["", "songs", "songs/one.wav", "http://files.example/songs"],
    ["//", "//songs", "/songs//one", "/songs//"],
    ["/.", "/..", "/songs/../one", "/songs/./one", "/songs/..", "/%2e%2e/one", "/songs/%2E"],
    ["/songs%2fone", "/songs\\one", "/one%00.wav", "/one\n", "/%0d", "/%7f"],
    // For a reader that decodes once more, or takes a backslash for a slash, each is a way out of its folder.
    [
      "/%252e%252e/one",
      "/..%252fone",
      "/%25252e%25252e/one",
      "/..%5cone",
      "/x%5c..%5cone",
      "/x%255c..%255cone",
      "/%252e.",
    ],
    ["/one%2500.mp3", "/one%250d", "/x%5c..;%5cone", "/%2525252541"],
    ["/one?x", "/one#x", "/%", "/%4", "/%ff", "/\ud800", `/${"a".repeat(1_024)}`],
  ])("could mean several things, or nothing: %s %s %s %s", (...paths) => {
    for (const path of paths) expect(readAccessPath(path)).toBeNull();
    expect(() => requireAccessPath(paths[0] ?? "")).toThrow(expect.objectContaining({ code: "invalid_access_path" }));
  });

  test("has one spelling, which reads as itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        const read = readAccessPath(`/${text}`);
        if (read !== null) expect(readAccessPath(read.text)).toEqual(read);
      }),
    );
  });
});

describe("a scope", () => {
  const covers = (scope: string, file: string) => scopeCovers(requireAccessPath(scope), requireAccessPath(file));

  test("opens that file, or what is below a prefix, and never a folder", () => {
    expect(covers("/songs/one.wav", "/songs/one.wav")).toBe(true);
    expect(covers("/songs/one.wav", "/songs/one.wav.bak")).toBe(false);
    expect(covers("/songs/", "/songs/one.wav")).toBe(true);
    expect(covers("/songs/", "/songs/live/one.wav")).toBe(true);
    expect(covers("/songs/", "/songs")).toBe(false);
    expect(covers("/songs/", "/songs/live/")).toBe(false);
    expect(covers("/songs/", "/songs2/one.wav")).toBe(false);
    expect(covers("/songs", "/songs/one.wav")).toBe(false);
    expect(covers("/", "/anything")).toBe(true);
  });
});

describe("the container of RFC 9246", () => {
  /** As Traffic Server reads it: POSIX syntax, anchored at the beginning alone. */
  const matches = (scope: string, uri: string) => {
    const expression = uriContainerOf(requireAccessPath(scope)).replace(/^regex:/, "");
    expect(expression).not.toMatch(/\\[dws]|\(\?/);
    return new RegExp(`^(?:${expression})`).test(uri);
  };

  test("binds host, path and end", () => {
    expect(matches("/v/a/", "https://files.example/v/a/b.ts?token=x")).toBe(true);
    expect(matches("/v/a/", "http://files.example:8081/v/a/b/c.ts")).toBe(true);
    expect(matches("/v/a/", "http://files.example/v/b?y=/v/a/")).toBe(false);
    expect(matches("/v/a/", "http://files.example?/v/a/b")).toBe(false);
    expect(matches("/v/a/", "http://files.example/x/v/a/b")).toBe(false);
    for (const way of ["..%2Fb", "/../b", "..\\b", "..;/b", "../b", "./b", "b/../../c", "b/..", "", "b/", "b//c"]) {
      expect([way, matches("/v/a/", `http://files.example/v/a/${way}`)]).toEqual([way, false]);
    }
    for (const name of ["...", "..a", ".a", "a.b/c..d", "~a,b=c"]) {
      expect([name, matches("/v/a/", `http://files.example/v/a/${name}?token=x`)]).toEqual([name, true]);
    }
    expect(matches("/v/a.wav", "http://files.example/v/a.wav?token=x")).toBe(true);
    expect(matches("/v/a.wav", "http://files.example/v/aXwav")).toBe(false);
    expect(matches("/v/a.wav", "http://files.example/v/a.wav/../b")).toBe(false);
    expect(matches("/v/a(1)*.wav", "http://files.example/v/a(1)*.wav")).toBe(true);
    expect(matches("/v/a b.wav", "http://files.example/v/a%20b.wav")).toBe(true);
  });

  test("opens nothing that the path itself does not", () => {
    const names = fc.array(fc.stringMatching(/^[a-z.()*]{1,4}$/), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(names, fc.boolean(), names, fc.boolean(), (scoped, isPrefix, others, isBelow) => {
        const scope = readAccessPath(`/${scoped.join("/")}${isPrefix ? "/" : ""}`);
        const file = readAccessPath(`/${[...(isBelow ? scoped : []), ...others].join("/")}`);
        if (scope === null || file === null) return;
        expect(matches(scope.text, `https://files.example${file.text}`)).toBe(scopeCovers(scope, file));
      }),
    );
  });
});
