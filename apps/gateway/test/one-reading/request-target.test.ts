import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PATH_ALLOWANCES } from "../../src/one-reading/path-allowances.ts";
import { hasNeedlessEncoding, readRequestTarget } from "../../src/one-reading/request-target.ts";

describe("a request target", () => {
  test.each([
    ["/", "/", "/"],
    ["/api/songs?page=1", "/api/songs", "/api/songs?page=1"],
    ["/api/a%20b", "/api/a b", "/api/a%20b"],
    ["/%61pi/%7e%2D", "/api/~-", "/api/~-"],
    ["/caf%c3%a9", "/café", "/caf%C3%A9"],
    ["/a?x=%2f..%2F&y=//%61|{}", "/a", "/a?x=%2f..%2F&y=//%61|{}"],
    ["/...", "/...", "/..."],
    ["/a:b@c!$&'()*+,=~[]", "/a:b@c!$&'()*+,=~[]", "/a:b@c!$&'()*+,=~[]"],
    ["/%3a%40%21", "/:@!", "/%3A%40%21"],
    ["/Users('a|b')/{x}^`\"<>", "/Users('a|b')/{x}^`\"<>", "/Users('a%7Cb')/%7Bx%7D%5E%60%22%3C%3E"],
    ["/what%3f", "/what?", "/what%3F"],
    ["/a?", "/a", "/a?"],
  ])("%s is read as %s, and sent on as %s", (target, path, forwarded) => {
    expect(readRequestTarget(target)).toMatchObject({ path, forwarded, needs: [] });
  });

  test.each([
    ["/@scope%2fname", "/@scope%2Fname", "/@scope%2Fname", "allowEncodedSlash"],
    ["/a%5cb", "/a%5Cb", "/a%5Cb", "allowEncodedSlash"],
    ["/a;b=c/d", "/a;b=c/d", "/a;b=c/d", "allowParameters"],
    ["/a%3bb", "/a;b", "/a%3Bb", "allowParameters"],
    ["/100%25%20final.pdf", "/100%25 final.pdf", "/100%25%20final.pdf", "allowEncodedPercent"],
    ["/50%25_off", "/50%25_off", "/50%25_off", "allowEncodedPercent"],
    ["/a%252fb", "/a%252fb", "/a%252fb", "allowEncodedPercent"],
    ["/api//users", "/api//users", "/api//users", "allowEmptySegments"],
    ["/docs//", "/docs//", "/docs//", "allowEmptySegments"],
    ["/caf%e9", "/caf%E9", "/caf%E9", "allowNonUtf8"],
    ["/%fcber%20%61", "/%FCber a", "/%FCber%20a", "allowNonUtf8"],
  ])("%s needs to be allowed", (target, path, forwarded, need) => {
    expect(readRequestTarget(target)).toMatchObject({ path, forwarded, needs: [need] });
  });

  test.each([
    ["another form", ["", "*", "http://evil.example/", "evil.example:443", "a/b", "\\a"]],
    ["a host to a parser of URLs", ["//evil.example", "//", "//a/b"]],
    ["a dot segment", ["/.", "/..", "/a/../b", "/a/./b", "/a/..", "/%2e", "/a/%2E%2e/b", "/a/.%2e", "/a/..?x"]],
    ["a dot segment to Windows", ["/..%20/a", "/a/.%20", "/%20..%20/a"]],
    ["steps with parameters", ["/..;/a", "/a/..;x=1/b", "/.;/a", "/%2e%2e;/a", "/..%3b/a", "/a%2f..;%2fb"]],
    ["steps within encoded slashes", ["/a%2f..%2fb", "/..%2fa", "/a%5c..%5cb", "/a%2f%2e%2e", "/%2e%2e%2f"]],
    [
      "steps after another decoding",
      ["/%252e%252e/", "/a%252f..%252fb", "/a%25252f%25252e%25252e", "/%25u002e%25u002e/a"],
    ],
    ["steps in letters that look alike", ["/%E2%80%A5/a", "/%EF%BC%8E%EF%BC%8E/a", "/a%EF%BC%8F..%EF%BC%8Fb"]],
    ["what never settles", [`/${"%25".repeat(12)}2541`.replace("%25", `%${"25".repeat(12)}`)]],
    ["control characters", ["/a%00", "/a%0d%0ab", "/a%7f", "/a\n", "/a\u0000", "/%C2%85", "/a%2500", "/a%250a"]],
    ["overlong forms", ["/%c0%af", "/%c1%a1dmin", "/%e0%80%af", "/%f0%80%80%af", "/%fc%80%80%80%80%af"]],
    ["control characters of ISO-8859-1", ["/%e9%85", "/%90"]],
    ["what no client sends", ["/a#b", "/a b", "/a\\b", "/é", "/a\u2028", "/%", "/%4", "/%zz", "/%u0041"]],
    ["too much", [`/${"a".repeat(16_384)}`]],
    ["too many scripts", ["/a.php/b.php/c.php/d.php/e.php/f"]],
  ])("with %s is refused, whatever is allowed", (_name, targets) => {
    for (const target of targets) expect([target, readRequestTarget(target)]).toEqual([target, null]);
  });
});

const piece = fc.constantFrom(
  "a",
  "B",
  "/",
  ".",
  "..",
  "%2e",
  "%2f",
  "%5c",
  "%25",
  "%252e",
  "%00",
  ";",
  "\\",
  "?",
  "//",
  "%",
  "é",
  "%C3%A9",
  "%e9",
  "%c0",
  "%61",
  "%7B",
  "{",
  "|",
  " ",
  ":",
  "%3f",
  "%23",
  ".php",
  "%EF%BC%8F",
  "%u",
  "41",
  "+",
  "~",
);
const anyTarget = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`),
  fc.string({ unit: "binary-ascii", maxLength: 20 }).map((text) => `/${text}`),
  fc
    .uint8Array({ maxLength: 8 })
    .map((bytes) => `/a${[...bytes].map((each) => `%${each.toString(16).padStart(2, "0")}`).join("")}`),
);

describe("whatever is asked for", () => {
  test("what is sent on is read as what was decided, and is written in one way", () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const read = readRequestTarget(target);
        if (read === null) return;
        const again = readRequestTarget(read.forwarded);
        expect(again).toEqual(read);
        expect(read.forwarded).toMatch(/^\/(?!\/)(?:[A-Za-z0-9._~!$&'()*+,;=:@/[\]-]|%[0-9A-F]{2})*(?:\?.*)?$/);
        expect(hasNeedlessEncoding(read.forwarded)).toBe(false);
        // Once decoded, both are the same bytes: nothing was lost or added.
        const bytes = (text: string) => Buffer.from(unescape(text.split("?", 1)[0] ?? ""), "latin1").toString("hex");
        expect(bytes(read.forwarded)).toBe(bytes(target));
      }),
      { numRuns: 10_000 },
    );
  });

  test("a parser of URLs finds the same path in what is sent on, unless a route must allow it", () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const read = readRequestTarget(target);
        if (read === null) return;
        const { pathname, host, hash } = new URL(read.forwarded, "http://service.invalid");
        expect([host, hash]).toEqual(["service.invalid", ""]);
        expect(pathname).toBe(read.forwarded.split("?", 1)[0]);
      }),
      { numRuns: 10_000 },
    );
  });

  test("it has no way out", () => {
    fc.assert(
      fc.property(anyTarget, (target) => {
        const read = readRequestTarget(target);
        if (read === null) return;
        for (const path of [read.path, ...read.readings.map(({ text }) => text)]) {
          for (const segment of path.slice(1).split("/")) expect([".", ".."]).not.toContain(segment);
        }
        if (!read.needs.includes("allowEmptySegments")) expect(read.path.slice(1, -1)).not.toMatch(/\/\//);
        for (const need of read.needs) expect(PATH_ALLOWANCES).toContain(need);
      }),
      { numRuns: 10_000 },
    );
  });
});
