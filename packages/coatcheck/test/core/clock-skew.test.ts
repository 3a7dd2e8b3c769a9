import { MAXIMUM_CLOCK_SKEW_SECONDS, SessionManager } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { beforeEach, describe, expect, test } from "vitest";

const TWO_DAYS = 2 * 86_400;
const skewed = { code: "clock_skewed", statusCode: 503 };

/** A store, a node whose clock is right, and one whose clock is not. */
describe("a machine whose clock is off", () => {
  let right: ManualClock;
  let wrong: ManualClock;
  let good: SessionManager;
  let bad: SessionManager;

  beforeEach(() => {
    right = new ManualClock();
    wrong = new ManualClock(right.now());
    const store = new MemorySessionStore({ clock: right });
    good = new SessionManager({ store, clock: right });
    bad = new SessionManager({ store, clock: wrong });
  });

  async function tokenOf(sessions: SessionManager): Promise<string> {
    const login = await sessions.login(await sessions.begin("ada"));
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    return login.token;
  }

  test("by two days signs nobody out: 503 and not 401", async () => {
    const token = await tokenOf(good);
    wrong.advanceSeconds(TWO_DAYS);
    await expect(bad.authenticate(token)).rejects.toMatchObject(skewed);
    expect(await good.authenticate(token)).toMatchObject({ status: "authenticated" });
  });

  test.each([TWO_DAYS, -TWO_DAYS])(
    "by %i seconds begins no session that lasts too long or too short",
    async (seconds) => {
      wrong.advanceSeconds(seconds);
      await expect(bad.begin("ada")).rejects.toMatchObject(skewed);
      expect(await good.list("ada")).toEqual([]);
    },
  );

  test("and was found out at a login trusts no session until it is right again", async () => {
    const token = await tokenOf(good);
    wrong.advanceSeconds(-TWO_DAYS);
    await expect(bad.begin("grace")).rejects.toMatchObject(skewed);
    await expect(bad.authenticate(token)).rejects.toMatchObject(skewed);
    wrong.advanceSeconds(TWO_DAYS);
    expect(await bad.authenticate(token)).toMatchObject({ status: "authenticated" });
    await tokenOf(bad);
  });

  test("is not ready", async () => {
    wrong.advanceSeconds(TWO_DAYS);
    await expect(bad.checkReadiness()).rejects.toMatchObject(skewed);
    await good.checkReadiness();
  });

  test("by less than the bound goes on, and says by how much", async () => {
    expect(bad.clockSkewMilliseconds).toBeNull();
    wrong.advanceSeconds(MAXIMUM_CLOCK_SKEW_SECONDS - 1);
    const token = await tokenOf(bad);
    expect(await good.authenticate(token)).toMatchObject({ status: "authenticated" });
    expect(bad.clockSkewMilliseconds).toBe((MAXIMUM_CLOCK_SKEW_SECONDS - 1) * 1_000);
    expect(good.clockSkewMilliseconds).toBeNull();
  });

  test("of a session that is over by the store's clock too, says so", async () => {
    const token = await tokenOf(good);
    right.advanceSeconds(TWO_DAYS);
    wrong.advanceSeconds(TWO_DAYS);
    expect(await bad.authenticate(token)).toMatchObject({ status: "unauthenticated", reason: "expired" });
  });
});
