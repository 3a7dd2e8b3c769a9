import { describe, expect, test } from "vitest";
import { failuresInForce, isClosed, networkOf, waitSeconds } from "../../../src/accounts/throttling/login-limits.ts";

const now = Date.UTC(2026, 0, 1);
const failed = (failures: number, secondsAgo = 0) => ({ failures, lastFailureAt: now - secondsAgo * 1_000 });
const HOUR = 3_600;
const DAY = 86_400;

describe("what one guesser holds of addresses is one network", () => {
  test.each([
    { address: "192.0.2.7", network: "192.0.2.7" },
    { address: "::ffff:192.0.2.7", network: "192.0.2.7" },
    { address: "64:ff9b::192.0.2.7", network: "192.0.2.7" },
    { address: "64:ff9b::c000:207", network: "192.0.2.7" },
    { address: "64:ff9b:0:1::c000:207", network: "64:ff9b:0:1::/64" },
    { address: "::FFFF:c000:207", network: "192.0.2.7" },
    { address: "0:0:0:0:0:ffff:192.0.2.7", network: "192.0.2.7" },
    { address: "2001:db8:1:2:3:4:5:6", network: "2001:db8:1:2::/64" },
    { address: "2001:0DB8:0001:0002::1", network: "2001:db8:1:2::/64" },
    { address: "2001:db8:1:2:ffff:ffff:ffff:ffff", network: "2001:db8:1:2::/64" },
    { address: "2001:db8:1:3::1", network: "2001:db8:1:3::/64" },
    { address: "2001:db8::1", network: "2001:db8:0:0::/64" },
    { address: "fe80::1%eth0", network: "fe80:0:0:0::/64" },
    { address: "::1", network: "0:0:0:0::/64" },
    { address: "192.0.2.7:5678", network: "192.0.2.7" },
    { address: "[2001:db8:1:2::1]:5678", network: "2001:db8:1:2::/64" },
    { address: "[2001:db8:1:2::1]", network: "2001:db8:1:2::/64" },
    { address: "[::ffff:192.0.2.7]:80", network: "192.0.2.7" },
    { address: "[fe80::1%eth0]:80", network: "fe80:0:0:0::/64" },
  ])("$address is in $network", ({ address, network }) => {
    expect(networkOf(address)).toBe(network);
  });
});

test.each([
  "",
  "unknown",
  "_hidden",
  "localhost",
  "192.0.2.256",
  "192.0.02.7",
  "192.0.2.7:",
  "192.0.2.7:123456",
  "192.0.2.7:80:80",
  "192.0.2.7%eth0",
  "[192.0.2.7]:80",
  "[2001:db8::1",
  "[2001:db8::1]:port",
  "::ffff:192.0.2.256",
  "2001:db8::1::2",
  "192.0.2.7, 192.0.2.8",
])("%j is no address, and shares one bucket with all that are none", (address) => {
  expect(networkOf(address)).toBe("no address");
});

describe("how long the next attempt has to wait", () => {
  test.each([
    { kind: "account_from_address", count: failed(4), wait: 0, why: "four of five free failures" },
    { kind: "account_from_address", count: failed(5), wait: 2, why: "the free failures are used up" },
    { kind: "account_from_address", count: failed(6), wait: 4, why: "each further one doubles it" },
    { kind: "account_from_address", count: failed(6, 3), wait: 1, why: "three of four seconds are over" },
    { kind: "account_from_address", count: failed(6, 4), wait: 0, why: "all four are over" },
    { kind: "account_from_address", count: failed(40), wait: DAY, why: "never longer than a day" },
    { kind: "account_from_address", count: failed(6, -10_000), wait: 4, why: "a clock stepped back does not add" },
    { kind: "address", count: failed(19), wait: 0, why: "an office mistypes too" },
    { kind: "address", count: failed(20), wait: 2, why: "the free failures are used up" },
    { kind: "address", count: failed(60), wait: HOUR / 4, why: "never longer than 15 minutes" },
    { kind: "address", count: failed(20, 300), wait: 0, why: "five minutes forgive one" },
    { kind: "account", count: failed(49), wait: 0, why: "no single address gets this far in weeks" },
    { kind: "account", count: failed(50), wait: 30, why: "many addresses are slowed down together" },
    { kind: "account", count: failed(99), wait: HOUR, why: "never longer than an hour" },
    { kind: "account", count: failed(100), wait: DAY, why: "closed: NIST allows no more" },
    { kind: "account", count: failed(100, 1_000 * DAY), wait: DAY, why: "closed, and time does not open it" },
    { kind: "account", count: failed(99, 1_000 * DAY), wait: 0, why: "the hundredth attempt, after its wait" },
    { kind: "trusted", count: failed(5), wait: 2, why: "the owner mistypes too" },
    { kind: "trusted", count: failed(19), wait: HOUR, why: "never longer than an hour" },
  ] as const)("$kind: $why", ({ kind, count, wait }) => {
    expect(waitSeconds(kind, count, now)).toBe(wait);
  });

  test("nothing counted, nothing to wait for", () => {
    expect(waitSeconds("account", null, now)).toBe(0);
  });
});

test("only the account and the trusted device close, at 100 and at 20 failures", () => {
  expect([99, 100].map((failures) => isClosed("account", failed(failures), now))).toEqual([false, true]);
  expect([19, 20].map((failures) => isClosed("trusted", failed(failures), now))).toEqual([false, true]);
  expect(isClosed("address", failed(100_000), now)).toBe(false);
  expect(isClosed("account_from_address", failed(100_000), now)).toBe(false);
});

test("time forgives one failure after the other, but never those of an account", () => {
  expect(failuresInForce("address", failed(10, 299), now)).toBe(10);
  expect(failuresInForce("address", failed(10, 300), now)).toBe(9);
  expect(failuresInForce("address", failed(10, 300 * 50), now)).toBe(0);
  expect(failuresInForce("address", failed(10, -300 * 50), now)).toBe(10);
  expect(failuresInForce("account", failed(10, 10_000 * DAY), now)).toBe(10);
});

test("one address gets 20 guesses at an account in its first day, and one a day from then on", () => {
  let count = { failures: 0, lastFailureAt: now };
  let time = now;
  const guessesByDay = [0, 0, 0, 0, 0, 0, 0];
  for (;;) {
    time += waitSeconds("account_from_address", count, time) * 1_000;
    const day = Math.floor((time - now) / 1_000 / DAY);
    if (day >= guessesByDay.length) break;
    guessesByDay[day] = (guessesByDay[day] ?? 0) + 1;
    count = { failures: failuresInForce("account_from_address", count, time) + 1, lastFailureAt: time };
  }
  expect(guessesByDay[0]).toBe(20);
  expect(guessesByDay.slice(1)).toEqual([1, 1, 1, 1, 1, 1]);
});
