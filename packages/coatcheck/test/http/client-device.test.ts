import { expect, test } from "vitest";
import { describeDevice } from "../../src/http/client-device.ts";

const ipOf = (address: string, precision: "whole" | "network" = "whole") =>
  describeDevice({ userAgent: null, address }, precision).ip;

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["203.0.113.7:51234", "203.0.113.7"],
  ["[2001:db8::7]:51234", "2001:db8::7"],
  ["[2001:db8::7]", "2001:db8::7"],
  ['"[2001:db8::7]:51234"', "2001:db8::7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["[::ffff:203.0.113.7]:80", "203.0.113.7"],
  ["fe80::1%eth0", "fe80::1"],
  ["unknown", null],
  ["203.0.113.7:port", null],
  ["[203.0.113.7", null],
])("a device behind a proxy that writes %s is listed with %s", (address, expected) => {
  expect(ipOf(address)).toBe(expected);
});

test("of an address with a port the network is kept, where no more is wanted", () => {
  expect(ipOf("203.0.113.7:51234", "network")).toBe("203.0.113.0/24");
  expect(ipOf("[2001:db8:1:2::7]:51234", "network")).toBe("2001:db8:1::/48");
});
