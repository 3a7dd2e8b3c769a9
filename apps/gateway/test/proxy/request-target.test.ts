import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRequestTarget } from "../../src/proxy/request-target.ts";

describe("a request target", () => {
  test.each([
    ["/", "/", ""],
    ["/api/songs?page=1", "/api/songs", "?page=1"],
    ["/api/", "/api/", ""],
    ["/api/a%20b", "/api/a b", ""],
    ["/%61pi", "/api", ""],
    ["/caf%C3%A9", "/café", ""],
    ["/a?x=%2F..%2F&y=//", "/a", "?x=%2F..%2F&y=//"],
    ["/...", "/...", ""],
    ["/a:b@c!$&'()*+,=~", "/a:b@c!$&'()*+,=~", ""],
    ["/a?", "/a", "?"],
  ])("%s is read as %s", (target, path, query) => {
    expect(readRequestTarget(target)).toEqual({ path, query, hasEncodedSlash: false, hasParameters: false });
  });

  test.each([
    ["/@scope%2fname", "/@scope%2Fname"],
    ["/a%5Cb", "/a%5Cb"],
  ])("%s has an encoded slash, which stays in its segment", (target, path) => {
    expect(readRequestTarget(target)).toMatchObject({ path, hasEncodedSlash: true });
  });

  test.each(["/a;b=c/d", "/a%3Bb"])("%s has parameters", (target) => {
    expect(readRequestTarget(target)).toMatchObject({ hasParameters: true });
  });

  test.each([
    ["another form", ["", "*", "http://evil.example/", "//evil.example", "evil.example:443", "a/b", "\\a"]],
    ["an empty segment", ["/a//b", "//", "/a//", "/a//?x"]],
    ["a dot segment", ["/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e", "/a/%2E%2e/b", "/a/.%2e", "/a/..?x"]],
    ["steps with parameters", ["/..;/a", "/a/..;x=1/b", "/.;/a", "/%2e%2e;/a", "/..%3b/a", "/a%2f..;%2fb"]],
    ["steps within encoded slashes", ["/a%2f..%2fb", "/..%2fa", "/a%5c..%5cb", "/a%2f%2e%2e", "/%2e%2e%2f"]],
    ["what a second decoding would change", ["/a%252fb", "/%252e%252e/", "/100%25", "/%2525"]],
    ["control characters", ["/a%00", "/a%0d%0ab", "/a%7f", "/a\n", "/a\u0000", "/%C2%85"]],
    ["what no client sends", ["/a#b", "/a b", "/a\\b", "/é", "/a\u2028", "/%", "/%4", "/%zz", "/%ff", "/%c0%af"]],
    ["too much", [`/${"a".repeat(16_384)}`]],
  ])("with %s is refused", (_name, targets) => {
    for (const target of targets) expect(readRequestTarget(target)).toBeNull();
  });

  test("whatever it is, what it is read as has no way out and only one meaning", () => {
    const piece = fc.constantFrom(
      "a",
      "/",
      ".",
      "..",
      "%2e",
      "%2f",
      "%5c",
      "%25",
      "%00",
      ";",
      "\\",
      "?",
      "//",
      "%",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const read = readRequestTarget(`/${pieces.join("")}`);
        if (read === null) return;
        const segments = read.path.slice(1).split("/");
        expect(segments.slice(0, -1)).not.toContain("");
        for (const segment of segments) expect([".", ".."]).not.toContain(segment);
        // A second decoding finds nothing but the slashes that were data.
        expect(read.path.replaceAll(/%(2F|5C)/g, "")).not.toContain("%");
        expect(new URL(`http://a.invalid${encodeURI(read.path.replaceAll("%", ""))}`).pathname.split("/").length).toBe(
          segments.length + 1,
        );
      }),
      { numRuns: 5_000 },
    );
  });
});
