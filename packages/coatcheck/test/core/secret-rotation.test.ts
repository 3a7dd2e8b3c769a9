import { describe, expect, test } from "vitest";
import {
  CONFIRMATION_SECONDS,
  confirmPending,
  GRACE_SECONDS,
  issueSecret,
  MAXIMUM_UNCONFIRMED_SECRETS,
  mayIssueSecret,
  REISSUE_SECONDS,
  SUSPENSION_SECONDS,
  suspendRotation,
} from "../../src/core/secret-rotation.ts";
import { applyChange } from "../../src/core/session-record.ts";
import { digestOfSecret, NOW, recordWith } from "./support/secrets.ts";

test("the times are the documented ones: 30 s of grace, 60 s and 15 minutes to confirm, three unconfirmed, a day of rest", () => {
  expect([GRACE_SECONDS, CONFIRMATION_SECONDS, REISSUE_SECONDS]).toEqual([30, 60, 900]);
  expect([MAXIMUM_UNCONFIRMED_SECRETS, SUSPENSION_SECONDS]).toEqual([3, 86_400]);
});

describe("whether a new secret may go out", () => {
  type State = Parameters<typeof recordWith>[0];
  // An honest browser would otherwise be left with a secret that looks reused, so each "yes" needs its reason.
  const rows: readonly (readonly [state: string, State, rotation: boolean, reauthentication: boolean])[] = [
    ["nothing under way: nothing can be overtaken", {}, true, true],
    ["one on its way", { pending: { ageSeconds: 0 } }, false, false],
    ["one on its way for exactly 60 s", { pending: { ageSeconds: 60 } }, false, false],
    ["one that is late: re-authentication cannot wait for it", { pending: { ageSeconds: 60.001 } }, false, true],
    ["one on its way for exactly 15 minutes", { pending: { ageSeconds: 900 } }, false, true],
    ["one lost: its response is too old to arrive", { pending: { ageSeconds: 900.001 } }, true, true],
    ["rotation rests, since a moment ago", { pending: { ageSeconds: 0, attempt: 0 } }, false, true],
    ["rotation rests, since exactly a day", { pending: { ageSeconds: 86_400, attempt: 0 } }, false, true],
    ["rotation has rested for a day", { pending: { ageSeconds: 86_400.001, attempt: 0 } }, true, true],
    ["one in grace: re-authentication cannot wait, and has the second slot", { grace: [30] }, false, true],
    ["one in the last millisecond of grace", { grace: [0.001] }, false, true],
    ["one past its grace: no request still carries it", { grace: [0] }, true, true],
    ["two in grace", { grace: [30, 1] }, false, false],
    ["two, one of them past its grace: the slot is free again", { grace: [30, 0] }, false, true],
    ["one lost and one in grace", { pending: { ageSeconds: 901 }, grace: [1] }, false, true],
  ];
  test.each(rows)("%s", (_state, state, rotation, reauthentication) => {
    const record = recordWith(state);
    expect(mayIssueSecret(record, NOW, "rotation")).toBe(rotation);
    expect(mayIssueSecret(record, NOW, "reauthentication")).toBe(reauthentication);
  });
});

describe("a secret that is sent out", () => {
  test("is pending beside the current one, which stays", () => {
    const record = recordWith({});
    const issued = applyChange(record, issueSecret(record, "digest", 7, NOW));
    expect(issued.pending).toEqual({ digest: "digest", issuedAt: NOW, authenticatedAt: 7, attempt: 1 });
    expect(issued.current).toEqual(record.current);
    expect(issued.grace).toEqual([]);
  });

  test("in place of a lost one counts on", () => {
    const record = recordWith({ pending: { ageSeconds: 61, attempt: 2 } });
    expect(issueSecret(record, "digest", null, NOW).pending).toMatchObject({ digest: "digest", attempt: 3 });
  });

  test("in place of a lost fresh one is as fresh as it is told, not as the lost one was", () => {
    const record = recordWith({ pending: { ageSeconds: 61, authenticatedAt: NOW - 61_000 } });
    expect(issueSecret(record, "digest", null, NOW).pending?.authenticatedAt).toBeNull();
  });
});

describe("rotation is suspended", () => {
  const change = (pending: Parameters<typeof recordWith>[0]["pending"]) =>
    suspendRotation(recordWith(pending === undefined ? {} : { pending }), NOW);

  test("when the third secret in a row is lost; it stays pending, and the day counts from now", () => {
    const record = recordWith({ pending: { ageSeconds: 900.001, attempt: 3, authenticatedAt: 7 } });
    const digest = digestOfSecret("pending");
    expect(suspendRotation(record, NOW)).toEqual({
      pending: { digest, issuedAt: NOW, authenticatedAt: 7, attempt: 0 },
    });
  });

  test.each([
    ["nothing was sent out", undefined],
    ["the third may yet arrive", { ageSeconds: 900, attempt: 3 }],
    ["only the second is lost", { ageSeconds: 90_000, attempt: 2 }],
    ["it rests already", { ageSeconds: 90_000, attempt: 0 }],
  ])("not when %s", (_why, pending) => expect(change(pending)).toBeNull());

  test("and after its day counts from one again", () => {
    const record = recordWith({ pending: { ageSeconds: 86_401, attempt: 0 } });
    expect(issueSecret(record, "digest", null, NOW).pending).toMatchObject({ attempt: 1 });
  });
});

describe("a pending secret that came back", () => {
  test("is current as it was issued, and the one it replaces has 30 s of grace", () => {
    const record = recordWith({ pending: { ageSeconds: 5, authenticatedAt: NOW - 5_000 } });
    const confirmed = applyChange(record, confirmPending(record, NOW));
    expect(confirmed).toMatchObject({
      current: { digest: digestOfSecret("pending"), issuedAt: NOW - 5_000, authenticatedAt: NOW - 5_000 },
      pending: null,
      grace: [{ digest: digestOfSecret("current"), validUntil: NOW + 30_000 }],
    });
    expect(confirmed.current).not.toHaveProperty("attempt");
  });

  test("leaves a secret that is in grace already its own deadline", () => {
    const record = recordWith({ pending: { ageSeconds: 5 }, grace: [20] });
    expect(confirmPending(record, NOW).grace).toEqual([
      { digest: digestOfSecret("current"), validUntil: NOW + 30_000 },
      { digest: digestOfSecret("firstGrace"), validUntil: NOW + 20_000 },
    ]);
  });

  test("drops a secret that is past its grace", () => {
    const record = recordWith({ pending: { ageSeconds: 5 }, grace: [0] });
    expect(confirmPending(record, NOW).grace).toEqual([
      { digest: digestOfSecret("current"), validUntil: NOW + 30_000 },
    ]);
  });

  test("keeps two in grace at most, however many a store hands in", () => {
    const record = recordWith({ pending: { ageSeconds: 5 }, grace: [20, 10, 5] });
    expect(confirmPending(record, NOW).grace).toHaveLength(2);
  });

  test("changes nothing when there is none", () => {
    expect(confirmPending(recordWith({ grace: [20] }), NOW)).toEqual({});
  });
});
