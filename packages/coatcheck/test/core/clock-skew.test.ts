import { SessionManager } from "coatcheck";
import { MAXIMUM_CLOCK_SKEW_SECONDS } from "coatcheck/store";
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
  let store: MemorySessionStore;

  beforeEach(() => {
    right = new ManualClock();
    wrong = new ManualClock(right.now());
    store = new MemorySessionStore({ clock: right });
    good = new SessionManager({ store, clock: right });
    bad = new SessionManager({ store, clock: wrong });
  });

  async function tokenOf(sessions: SessionManager): Promise<string> {
    const login = await sessions.login(await sessions.begin("ada"));
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    return login.token;
  }

  test("by two days signs no user out: 503 and not 401", async () => {
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

  test.each([
    ["ahead where the old secret comes", 0, 40],
    ["behind where the new one came", -40, 0],
    ["ahead on both", 40, 40],
    ["apart by more than the grace", -50, 50],
  ])("%s signs no second tab out, whose request was under way with the old secret", async (_name, here, there) => {
    const [one, other] = [right, right].map(() => new ManualClock(right.now())) as [ManualClock, ManualClock];
    one.advanceSeconds(here);
    other.advanceSeconds(there);
    const first = new SessionManager({ store, clock: one });
    const second = new SessionManager({ store, clock: other });
    const passSeconds = (seconds: number) => [right, one, other].map((clock) => clock.advanceSeconds(seconds));

    const login = await good.login(await good.begin("ada"), { remember: true });
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    passSeconds(86_500);
    const held = await first.authenticate(login.token);
    const next = held.status === "authenticated" ? await first.rotate(held) : null;
    expect(await first.authenticate(String(next))).toMatchObject({ status: "authenticated" });
    passSeconds(2);
    expect(await second.authenticate(login.token)).toMatchObject({ status: "authenticated", presented: "grace" });
    passSeconds(29);
    expect(await second.authenticate(login.token)).toMatchObject({ reason: "token_reused" });
  });

  test("of a session that is over by the store's clock too, says so", async () => {
    const token = await tokenOf(good);
    right.advanceSeconds(TWO_DAYS);
    wrong.advanceSeconds(TWO_DAYS);
    expect(await bad.authenticate(token)).toMatchObject({ status: "unauthenticated", reason: "expired" });
  });
});
