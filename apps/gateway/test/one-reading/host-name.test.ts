import fc from "fast-check";
import { expect, test } from "vitest";
import { readHostName } from "../../src/one-reading/host-name.ts";

test.each([
  ["app.example", "app.example"],
  ["App.Example:8443", "app.example"],
  ["localhost:0", "localhost"],
  ["my_app.internal", "my_app.internal"],
  ["127.0.0.1:80", "127.0.0.1"],
  ["[::1]:8080", "[::1]"],
  ["[2001:DB8::7]", "[2001:db8::7]"],
])("%s is the host %s", (text, name) => {
  expect(readHostName(text)).toBe(name);
});

test.each([
  "",
  ":80",
  "localhost:",
  "localhost:80:80",
  "localhost:99999",
  "localhost:8O",
  "a b",
  "a,b",
  "a\tb",
  " a",
  "u@a",
  "u:p@a",
  "evil.example:x@localhost",
  "a/b",
  "a?b",
  "a#b",
  "a\\b",
  "%6Cocalhost",
  "local\xadhost",
  "zoë.de",
  "127.1",
  "2130706433",
  "0x7f.0.0.1",
  "127.0.0.01",
  "[::0001]",
  "[0:0:0:0:0:0:0:1]",
  "[::1",
  "::1",
  "[::1]x",
  "-a",
])("%j is none", (text) => {
  expect(readHostName(text)).toBeNull();
});

test("what is a host is the same to a parser of URLs, and to a reader of the text", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.array(fc.constantFrom(..."ab1.:[]@/?#\\%-_ 0x\xad"), { maxLength: 10 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (host) => {
      const name = readHostName(host);
      if (name === null) return;
      const url = new URL(`http://${host}`);
      expect([url.hostname, url.username, url.password, url.pathname, url.search]).toEqual([name, "", "", "/", ""]);
      expect(host.toLowerCase()).toMatch(new RegExp(`^${name.replaceAll(/[.[\]]/g, "\\$&")}(:\\d+)?$`));
    }),
    { numRuns: 20_000 },
  );
});
