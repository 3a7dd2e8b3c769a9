import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { clientAddressBehind, forwardedHops } from "../../src/http/client-address.ts";

const addressOf = (forwardedFor: string | undefined, trustedProxies: readonly string[] = ["127.0.0.1", "10.0.0.0/8"]) =>
  clientAddressBehind(
    trustedProxies,
    forwardedHops(trustedProxies, { warn: () => {} }),
  )({
    socket: { remoteAddress: "127.0.0.1" },
    headers: forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor },
  } as IncomingMessage);

test.each([
  [undefined, "127.0.0.1"],
  ["192.0.2.1", "192.0.2.1"],
  ["198.51.100.9, 192.0.2.1", "192.0.2.1"],
  ["192.0.2.1, 10.0.0.7", "192.0.2.1"],
  ["2001:db8::1", "2001:db8::1"],
  ["garbage", "127.0.0.1"],
  ["192.0.2.1:99", "192.0.2.1"],
  ["[2001:db8::1]:99, 10.0.0.7:80", "2001:db8::1"],
  ["\u001b[31m", "127.0.0.1"],
  ["192.0.2.1, garbage", "127.0.0.1"],
  ["192.0.2.1, garbage, 10.0.0.7", "10.0.0.7"],
  ["garbage, 192.0.2.1", "192.0.2.1"],
  ["", "127.0.0.1"],
])("behind our proxies, X-Forwarded-For %j means %s", (header, expected) => {
  expect(addressOf(header)).toBe(expected);
});

test("without a proxy of ours no header is believed", () => {
  expect(addressOf("192.0.2.1", [])).toBe("127.0.0.1");
});
