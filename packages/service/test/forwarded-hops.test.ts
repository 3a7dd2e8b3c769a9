import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { ForwardedHops } from "../src/forwarded-hops.ts";

function tidied(value: string, trustedProxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"], remoteAddress = "127.0.0.1") {
  const told: string[] = [];
  const hops = new ForwardedHops({ trustedProxies, onUnreadable: (hop) => told.push(hop) });
  const request = { socket: { remoteAddress }, headers: { "x-forwarded-for": value } } as unknown as IncomingMessage;
  hops.tidy(request);
  hops.tidy(request);
  return { header: request.headers["x-forwarded-for"], told };
}

test.each([
  ["203.0.113.7:51234", "203.0.113.7"],
  ["2001:db8::7", "2001:db8::7"],
  ["[2001:db8::7]", "2001:db8::7"],
  ["[2001:db8::7]:51234", "2001:db8::7"],
  ['"[2001:db8::7]:51234"', "2001:db8::7"],
  ['"203.0.113.7:51234"', "203.0.113.7"],
  ['for="[2001:db8::7]:51234"', "2001:db8::7"],
  ["For=203.0.113.7", "203.0.113.7"],
  ["203.0.113.7:_port", "203.0.113.7"],
  ["[::ffff:203.0.113.7]:1", "::ffff:203.0.113.7"],
  ["203.0.113.7:1, 198.51.100.2:2 ,[fd00::1]:3", "203.0.113.7, 198.51.100.2, fd00::1"],
  ["203.0.113.7, ", "203.0.113.7"],
])("a client keeps its address when the proxy writes %s", (value, expected) => {
  expect(tidied(value)).toEqual({ header: expected, told: [] });
});

test.each([
  "unknown",
  "_hidden",
  "-",
  "203.0.113.7:",
  "203.0.113.7:123456",
  "203.0.113:80",
  "[203.0.113.7",
  "2001:db8::7]:80",
  "[]:80",
  '"203.0.113.7',
  "host.example:80",
  "\u001b[31m",
])("of %j, which is no address, the operator is told, once for many requests", (value) => {
  expect(tidied(value)).toEqual({ header: undefined, told: [value] });
  expect(tidied(`198.51.100.9, ${value}, 10.0.0.7`)).toEqual({ header: "10.0.0.7", told: [value] });
});

test("what a stranger wrote before an address is dropped, and is no news", () => {
  expect(tidied("garbage, 203.0.113.7")).toEqual({ header: "203.0.113.7", told: [] });
  expect(tidied("garbage", undefined, "203.0.113.7")).toEqual({ header: undefined, told: [] });
});

test("without a trusted proxy the header is not read", () => {
  expect(tidied("unknown", [])).toEqual({ header: "unknown", told: [] });
});
