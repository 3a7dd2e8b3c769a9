import { describe, expect, test } from "vitest";
import { failureText } from "../src/failure-text.ts";
import type { Refused } from "../src/outcome.ts";
import { parseRetryAfter } from "../src/outcome.ts";
import { passwordRefusedText } from "../src/password-policy-text.ts";
import { durationText, relativeTime } from "../src/time-text.ts";

const NOW = Date.UTC(2026, 10, 23, 12);

describe("a time next to now", () => {
  test.each([
    [0, "just now"],
    [-44, "just now"],
    [-50, "1 minute ago"],
    [-5 * 60, "5 minutes ago"],
    [-59.7 * 60, "1 hour ago"],
    [-23.6 * 3_600, "1 day ago"],
    [-9 * 86_400, "9 days ago"],
    [20, "in less than a minute"],
    [60, "in 1 minute"],
    [7 * 86_400 - 2, "in 7 days"],
  ])("%d seconds away reads %j", (seconds, text) => {
    expect(relativeTime(NOW + seconds * 1_000, NOW)).toBe(text);
  });
});

describe("how long to wait", () => {
  test.each([
    [0, "a moment"],
    [1, "1 second"],
    [75, "1 minute 15 seconds"],
    [3_600, "1 hour"],
  ])("%d seconds read %j", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  test.each([
    [null, null],
    ["", null],
    ["soon", null],
    ["0", 0],
    ["120", 120],
    ["Mon, 23 Nov 2026 12:00:30 GMT", 30],
    ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
  ])("Retry-After %j is %j seconds", (header, seconds) => {
    expect(parseRetryAfter(header, NOW)).toBe(seconds);
  });
});

describe("a failure in words", () => {
  test("a form's own wording goes before the general one", () => {
    expect(failureText(refusal(401, "invalid_credentials"), { invalid_credentials: "Ours." })).toBe("Ours.");
  });

  test.each([
    [refusal(503, "unavailable"), "try again in a moment"],
    [refusal(503, ""), "try again in a moment"],
    [refusal(409, "session_busy"), "Wait a little"],
    [refusal(500, "internal_error"), "on our side (error 500)"],
    [refusal(418, "never_heard_of"), "error 418"],
    [{ kind: "unreachable" } as const, "Check your connection"],
  ])("%j is explained", (failure, part) => {
    expect(failureText(failure)).toContain(part);
  });

  function refusal(status: number, code: string): Refused {
    return { kind: "refused", status, code, retryAfterSeconds: null, reasons: [] };
  }
});

describe("a refused password", () => {
  test("names every known reason", () => {
    const text = passwordRefusedText(["too_short", "too_common"]);
    expect(text).toContain("shorter than 15 characters, and it is one of");
  });

  test("says something true for reasons that are not known, once", () => {
    expect(passwordRefusedText(["brand_new", "newer_still"])).toBe(
      "This password cannot be used: it does not meet the rules of this service. Please choose another.",
    );
    expect(passwordRefusedText([])).toContain("does not meet the rules");
  });
});
