import { rememberedLifetime } from "coatcheck";
import { describe, expect, test } from "vitest";
import { logIn, present, rotate, rotatingPolicy, startSessions, verdictOn } from "./support/sessions-under-test.ts";

const DAY = rememberedLifetime.rotationIntervalSeconds ?? 0;

/** A remembered session on the day when its secret is due to be replaced. */
async function startDueSession() {
  const started = startSessions(rotatingPolicy);
  const { token } = await logIn(started.sessions);
  started.clock.advanceSeconds(DAY);
  return { ...started, token };
}

describe("when rotation is due", () => {
  test("after a day, for the secret that was presented", async () => {
    const { sessions, clock } = startSessions(rotatingPolicy);
    const { token } = await logIn(sessions);
    clock.advanceSeconds(DAY - 0.001);
    expect((await present(sessions, token)).rotationDue).toBe(false);
    clock.advanceSeconds(0.001);
    expect((await present(sessions, token)).rotationDue).toBe(true);
  });

  test("never in a session that is too short to need it", async () => {
    const { sessions, clock } = startSessions();
    const { token } = await logIn(sessions);
    clock.advanceSeconds(3_599);
    expect((await present(sessions, token)).rotationDue).toBe(false);
  });

  test("a day after a rotation again, counted from when the new secret went out", async () => {
    const { sessions, clock, token } = await startDueSession();
    const next = await rotate(sessions, token);
    clock.advanceSeconds(DAY / 2);
    await present(sessions, next);
    clock.advanceSeconds(DAY / 2);
    expect((await present(sessions, next)).rotationDue).toBe(true);
  });
});

test("asking what a token is worth rotates nothing: only a response that carries the new secret does", async () => {
  const { sessions, token, seen, storedRecord } = await startDueSession();
  await present(sessions, token);
  expect((await storedRecord()).pending).toBeNull();
  await rotate(sessions, token);
  expect((await storedRecord()).pending).toMatchObject({ attempt: 1 });
  expect(seen.map(([name]) => name)).toEqual(["logged_in", "rotated"]);
});

test("until the new secret comes back both are good, and the old one has no deadline but the session's", async () => {
  const { sessions, clock, token } = await startDueSession();
  await rotate(sessions, token);
  clock.advanceSeconds(DAY);
  expect(await verdictOn(sessions, token)).toBe("authenticated");
});

test("once the new secret has come back, the old one is good for 30 s more", async () => {
  const { sessions, clock, token } = await startDueSession();
  const next = await rotate(sessions, token);
  await present(sessions, next);
  clock.advanceSeconds(29.999);
  expect(await present(sessions, token)).toMatchObject({ presented: "grace" });
  expect(await verdictOn(sessions, next)).toBe("authenticated");
});

test("confirmation is one write, and later uses of the new secret are none", async () => {
  const { sessions, store, token } = await startDueSession();
  const next = await rotate(sessions, token);
  store.forgetCalls();
  await present(sessions, next);
  await present(sessions, next);
  expect(store.writes).toEqual(["update"]);
});

test("a poll confirms too: the new secret has come back, whatever brought it", async () => {
  const { sessions, token, storedRecord } = await startDueSession();
  const next = await rotate(sessions, token);
  const { lastSeenAt } = await storedRecord();
  await present(sessions, next, { slide: false });
  expect(await storedRecord()).toMatchObject({ pending: null, lastSeenAt });
});

describe("no second secret goes out", () => {
  test("while one is on its way", async () => {
    const { sessions, clock, token } = await startDueSession();
    await rotate(sessions, token);
    clock.advanceSeconds(60);
    const again = await present(sessions, token);
    expect(again).toMatchObject({ rotationDue: false });
    expect(await sessions.rotate(again)).toBeNull();
  });

  test("while one is in grace", async () => {
    const { sessions, clock, token } = await startDueSession();
    const next = await rotate(sessions, token);
    // A browser that slept: it confirms when the next rotation is due already.
    clock.advanceSeconds(DAY);
    const confirmed = await present(sessions, next);
    expect(confirmed).toMatchObject({ rotationDue: false });
    expect(await sessions.rotate(confirmed)).toBeNull();
    clock.advanceSeconds(30);
    expect((await present(sessions, next)).rotationDue).toBe(true);
  });

  test("for a secret in grace", async () => {
    const { sessions, store, clock, token } = await startDueSession();
    await present(sessions, await rotate(sessions, token));
    clock.advanceSeconds(29);
    const late = await present(sessions, token);
    expect(late).toMatchObject({ presented: "grace", rotationDue: false, fresh: false });
    // Not even when the grace has run out before the response leaves.
    clock.advanceSeconds(1);
    store.forgetCalls();
    await sessions.rotate(late);
    expect(store.writes).toEqual([]);
  });

  test("of two requests that rotate at once: one sends it, the other sends nothing", async () => {
    const { sessions, token, storedRecord } = await startDueSession();
    const both = await Promise.all([present(sessions, token), present(sessions, token)]);
    const sent = await Promise.all(both.map((authentication) => sessions.rotate(authentication)));
    expect(sent.filter((next) => next !== null)).toHaveLength(1);
    expect((await storedRecord()).pending).toMatchObject({ attempt: 1 });
  });

  test("of a session that was ended in between, and it stays ended", async () => {
    const { sessions, elsewhere, store, token, seen } = await startDueSession();
    const authentication = await present(sessions, token);
    store.before("update", () => elsewhere.logout(authentication));
    expect(await sessions.rotate(authentication)).toBeNull();
    expect(await verdictOn(sessions, token)).toBe("unknown");
    expect(seen.map(([name]) => name)).not.toContain("rotated");
  });
});

describe("lost responses", () => {
  test("a secret that has not come back for 15 minutes is replaced by another", async () => {
    const { sessions, clock, token, storedRecord } = await startDueSession();
    const lost = await rotate(sessions, token);
    clock.advanceSeconds(900);
    expect(await present(sessions, token)).toMatchObject({ rotationDue: false });
    clock.advanceSeconds(0.001);
    expect(await present(sessions, token)).toMatchObject({ rotationDue: true });
    const second = await rotate(sessions, token);
    expect(second).not.toBe(lost);
    expect((await storedRecord()).pending).toMatchObject({ attempt: 2 });
    expect(await verdictOn(sessions, second)).toBe("authenticated");
  });

  test("a secret that comes back late is confirmed if no other took its place", async () => {
    const { sessions, clock, token } = await startDueSession();
    const late = await rotate(sessions, token);
    clock.advanceSeconds(3_600);
    expect(await verdictOn(sessions, late)).toBe("authenticated");
    clock.advanceSeconds(30);
    expect(await verdictOn(sessions, token)).toBe("token_reused");
  });

  /** Sends three secrets out and loses each; the last of them. */
  async function loseThree({ sessions, clock, token }: Awaited<ReturnType<typeof startDueSession>>) {
    let last = token;
    for (let attempt = 1; attempt <= 3; attempt++) {
      last = await rotate(sessions, token);
      clock.advanceSeconds(900.001);
    }
    return last;
  }

  test("after three that never came back the session goes on, and the rotation rests for a day", async () => {
    const world = await startDueSession();
    await loseThree(world);
    const { sessions, clock, token, seen } = world;
    expect(await present(sessions, token)).toMatchObject({ presented: "current", rotationDue: false });
    clock.advanceSeconds(86_400);
    expect(await present(sessions, token)).toMatchObject({ rotationDue: false });
    clock.advanceSeconds(0.001);
    expect(await present(sessions, token)).toMatchObject({ rotationDue: true });
    expect(seen.map(([name]) => name)).not.toContain("revoked");
  });

  test("that the rotation rests is told once, of many requests at once, and with its end", async () => {
    const world = await startDueSession();
    await loseThree(world);
    const { sessions, elsewhere, clock, token, seen } = world;
    seen.length = 0;
    await Promise.all([verdictOn(sessions, token), verdictOn(elsewhere, token), verdictOn(sessions, token)]);
    await verdictOn(sessions, token);
    const until = clock.now() + 86_400_000;
    const suspended = ["rotation_suspended", expect.objectContaining({ userId: "ada", until })];
    // Another process may have been faster: then its listeners were told.
    expect([[suspended], []]).toContainEqual(seen);
  });

  test("the last of three that comes back after all is taken, and rotation goes on", async () => {
    const world = await startDueSession();
    const last = await loseThree(world);
    const { sessions, clock, token } = world;
    await present(sessions, token);
    clock.advanceSeconds(3_600);
    expect(await verdictOn(sessions, last)).toBe("authenticated");
    clock.advanceSeconds(DAY);
    expect((await present(sessions, last)).rotationDue).toBe(true);
  });

  test("a client that never takes a cookie up keeps its session to its end, with a word a day", async () => {
    const { sessions, clock, token, seen } = await startDueSession();
    for (let hour = 0; hour < 28 * 24; hour++) {
      const authentication = await present(sessions, token);
      if (authentication.rotationDue) await sessions.rotate(authentication);
      clock.advanceSeconds(3_600);
    }
    const names = seen.map(([name]) => name);
    expect(names).not.toContain("revoked");
    // Three hours of trying and a day of rest.
    expect(names.filter((name) => name === "rotation_suspended")).toHaveLength(Math.floor((28 * 24) / 28));
  });

  test("one that came back in between starts the count anew", async () => {
    const { sessions, clock, token, storedRecord } = await startDueSession();
    await rotate(sessions, token);
    clock.advanceSeconds(901);
    const second = await rotate(sessions, token);
    await present(sessions, second);
    clock.advanceSeconds(DAY);
    await rotate(sessions, second);
    expect((await storedRecord()).pending).toMatchObject({ attempt: 1 });
  });

  test("a rotation whose acknowledgement is lost is a lost response like any other", async () => {
    const { sessions, store, clock, token } = await startDueSession();
    const authentication = await present(sessions, token);
    store.loseReply("update");
    await expect(sessions.rotate(authentication)).rejects.toThrow(
      expect.objectContaining({ code: "store_unavailable" }),
    );
    expect(await verdictOn(sessions, token)).toBe("authenticated");
    clock.advanceSeconds(900.001);
    expect(await verdictOn(sessions, await rotate(sessions, token))).toBe("authenticated");
  });
});
