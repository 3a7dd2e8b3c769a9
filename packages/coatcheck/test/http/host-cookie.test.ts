import { CoatcheckError } from "coatcheck";
import { describe, expect, test } from "vitest";
import { sessionCookie } from "../../src/http/host-cookie.ts";
import { parsePublicOrigin } from "../../src/http/public-origin.ts";

const secure = sessionCookie(parsePublicOrigin("https://app.example"));
const loopback = sessionCookie(parsePublicOrigin("http://localhost:8080"));

describe("writing", () => {
  test("on https: prefixed, HttpOnly, Secure, Lax, for this host alone", () => {
    expect(secure.write("token", null)).toBe("__Host-Http-session=token; Path=/; HttpOnly; Secure; SameSite=Lax");
  });

  test("on loopback http: plain, with the port in its name", () => {
    expect(loopback.write("token", null)).toBe("coatcheck-8080=token; Path=/; HttpOnly; SameSite=Lax");
  });

  test("a persistent cookie has a Max-Age", () => {
    expect(secure.write("token", 86_400)).toContain("; Max-Age=86400");
  });

  test("deletion has the same name and attributes", () => {
    expect(secure.clear()).toBe("__Host-Http-session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0");
  });
});

describe("reading", () => {
  test.each<[why: string, header: string | null, value: string | null]>([
    ["no header", null, null],
    ["an empty header", "", null],
    ["alone", "__Host-Http-session=abc", "abc"],
    ["among others", "a=b; __Host-Http-session=abc; c=d", "abc"],
    ["without spaces", "a=b;__Host-Http-session=abc;c=d", "abc"],
    ["an equals sign in the value", "__Host-Http-session=a=b", "a=b"],
    ["an empty value is a value, and no token", "__Host-Http-session=", ""],
    ["another case is another cookie", "__host-http-session=abc", null],
    ["a longer name", "x__Host-Http-session=abc; __Host-Http-session2=abc", null],
    ["a nameless cookie whose value imitates ours", "=__Host-Http-session=abc", null],
    ["no equals sign", "__Host-Http-session", null],
  ])("%s", (_why, header, value) => {
    expect(secure.read(header)).toEqual(value === null ? { found: "none" } : { found: "one", value });
  });

  test.each([
    ["twice", "__Host-Http-session=abc; __Host-Http-session=def"],
    ["twice the same", "__Host-Http-session=abc; __Host-Http-session=abc"],
    ["once empty", "__Host-Http-session=; __Host-Http-session=abc"],
  ])("%s: neither is chosen", (_why, header) => {
    expect(secure.read(header)).toEqual({ found: "several" });
  });
});

describe("the public origin", () => {
  test.each([
    "https://app.example",
    "https://app.example:8443",
    "http://localhost:8080",
    "http://127.0.0.1:3000",
    "http://127.8.9.1",
    "http://[::1]:8080",
    "http://app.localhost:8080",
    "https://app.example/",
  ])("%s is accepted", (text) => {
    expect(parsePublicOrigin(text).text).toBe(new URL(text).origin);
  });

  test.each<[text: string, code: string]>([
    ["http://app.example", "insecure_origin"],
    ["http://localhost.evil.example", "insecure_origin"],
    ["http://127.0.0.1.evil.example", "insecure_origin"],
    ["http://192.168.1.10", "insecure_origin"],
    ["app.example", "invalid_configuration"],
    ["ftp://app.example", "invalid_configuration"],
    ["https://app.example/path", "invalid_configuration"],
    ["https://app.example?query", "invalid_configuration"],
    ["https://user@app.example", "invalid_configuration"],
    ["https://APP.example", "invalid_configuration"],
    ["null", "invalid_configuration"],
    ["", "invalid_configuration"],
  ])("%s is refused with %s", (text, code) => {
    expect(() => parsePublicOrigin(text)).toThrow(expect.objectContaining({ code, name: CoatcheckError.name }));
  });

  test("plain http elsewhere only under a name that says what it is", () => {
    expect(parsePublicOrigin("http://app.test", { dangerouslyAllowInsecureOrigin: true }).isSecure).toBe(false);
  });
});

// A prefix binds only names that begin with it. A neighbour may set one that begins with something else; a
// reader that trims that off lets the neighbour choose the session.
describe("names that only look like ours", () => {
  test.each(["\u00a0", "\u000b", "\u000c", "\u0085", "\ufeff", "\u2003", "\u0000"])("%j before the name", (space) => {
    const planted = `${space}__Host-Http-session=planted`;
    expect(secure.read(planted)).toEqual({ found: "none" });
    expect(secure.read(`__Host-Http-session=ours; ${planted}`)).toEqual({ found: "one", value: "ours" });
  });

  test("what surrounds a value belongs to it, spaces and tabs excepted", () => {
    expect(secure.read("__Host-Http-session=\u00a0ours")).toEqual({ found: "one", value: "\u00a0ours" });
    expect(secure.read("a=b;\t __Host-Http-session=ours \t")).toEqual({ found: "one", value: "ours" });
    expect(secure.read("__Host-Http-session= \ta \t b\t ")).toEqual({ found: "one", value: "a \t b" });
    expect(secure.read("__Host-Http-session= \t ")).toEqual({ found: "one", value: "" });
  });
});
