import { describe, expect, test } from "vitest";
import { failureSummary } from "../../rules/failure-summary.ts";

describe("a failure in one line", () => {
  const rows: readonly (readonly [name: string, message: string, summary: string])[] = [
    [
      "is the first line where that says it all",
      "AssertionError: expected 'unknown' to be 'expired'\n    at file.ts:1:2",
      "AssertionError: expected 'unknown' to be 'expired'",
    ],
    ["has no colours", "\u001b[31mError\u001b[39m: red", "Error: red"],
    ["has no paths of the machine", "Error: no such file /tmp/copy/src/a.ts", "Error: no such file /src/a.ts"],
    [
      "names the differences where the first line only says that there are some",
      "AssertionError [ERR_ASSERTION]: Not deep-equal:\n+ actual - expected\n\n  {\n+   a: 1\n-   a: 2\n  }\n    at file.ts:1:2",
      "AssertionError: Not deep-equal: + a: 1 - a: 2",
    ],
    [
      "names two plain values that differ",
      "AssertionError: Not strictly equal:\n\ntrue !== false\n\n    at file.ts:1:2",
      "AssertionError: Not strictly equal: true !== false",
    ],
    [
      "leaves out random values, which would be others the next time",
      "AssertionError: expected 'mB6dT0W8yq0vJ3kQ' to be 'credentials_changed'",
      "AssertionError: expected '…' to be 'credentials_changed'",
    ],
  ];
  test.each(rows)("%s", (_name, message, summary) => {
    expect(failureSummary(message, "/tmp/copy")).toBe(summary);
  });
});
