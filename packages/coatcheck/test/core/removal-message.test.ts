import { expect, test } from "vitest";
import { parseRemovalMessage } from "../../src/core/removal-message.ts";

const told = { userKey: "A".repeat(20), sessionId: "B".repeat(12), userId: "ada", reason: "revoked" };

test("what tells of a removal is believed, whatever the reason", () => {
  expect(parseRemovalMessage(told)).toEqual(told);
  expect(parseRemovalMessage({ ...told, reason: "one_of_the_future" })).toMatchObject({ reason: "one_of_the_future" });
});

test.each([
  { sessionId: "fence" },
  { sessionId: `~${told.sessionId}` },
  { sessionId: 7 },
  { sessionId: undefined },
  { userKey: null },
  { userId: {} },
  { reason: [] },
])("what has %o tells of none", (odd) => {
  expect(parseRemovalMessage({ ...told, ...odd })).toBe(null);
});
