import { SessionManager, standardPolicy } from "coatcheck";
import type { SessionRecord, SessionStore } from "coatcheck/store";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { ManualClock } from "coatcheck/testing";
import { beforeEach, describe, expect, test } from "vitest";

const FRESH_SECONDS = standardPolicy.freshForSeconds;

/** A store that has a copy of every session at hand: as it was when `copy` was called. */
class CopyingStore extends MemorySessionStore {
  finds = 0;
  #copies = new Map<string, SessionRecord>();

  async copy(userKey: string): Promise<void> {
    for (const record of await this.listByUser(userKey)) this.#copies.set(record.sessionId, record);
    this.finds = 0;
  }

  override find(reference: Parameters<SessionStore["find"]>[0]): ReturnType<SessionStore["find"]> {
    this.finds += 1;
    return super.find(reference);
  }

  findCopy({ sessionId }: Parameters<SessionStore["find"]>[0]): SessionRecord | null {
    return this.#copies.get(sessionId) ?? null;
  }
}

describe("a copy at hand", () => {
  let clock: ManualClock;
  let store: CopyingStore;
  let sessions: SessionManager;
  let token: string;
  let userKey: string;

  beforeEach(async () => {
    clock = new ManualClock();
    store = new CopyingStore({ clock });
    sessions = new SessionManager({ store, clock });
    const attempt = await sessions.begin("ada");
    const login = await sessions.login(attempt);
    if (login.outcome !== "logged_in") throw new Error(login.outcome);
    ({ userKey } = attempt);
    token = login.token;
    clock.advanceSeconds(FRESH_SECONDS);
    await sessions.authenticate(token);
    await store.copy(userKey);
  });

  /** A login that is fresh, with a copy of it; its token. */
  async function proveAgain(): Promise<string> {
    const held = await sessions.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const proven = await sessions.reauthenticate(held);
    if (proven.outcome !== "reauthenticated") throw new Error(proven.outcome);
    await sessions.authenticate(proven.token);
    await store.copy(userKey);
    return proven.token;
  }

  test("says yes to the newest secret, without the store", async () => {
    expect(await sessions.authenticate(token)).toMatchObject({ status: "authenticated", fresh: false });
    expect(store.finds).toBe(0);
  });

  test("decides nothing about a secret that it does not know", async () => {
    const unknown = `${token.slice(0, 32)}${"A".repeat(32)}`;
    expect(await sessions.authenticate(unknown)).toMatchObject({ status: "unauthenticated", reason: "unknown" });
    expect(store.finds).toBe(1);
  });

  test("decides nothing about a secret that was replaced: the holders have parted, says the store", async () => {
    const held = await sessions.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const rotated = await sessions.reauthenticate(held);
    if (rotated.outcome !== "reauthenticated") throw new Error(rotated.outcome);
    await sessions.authenticate(rotated.token);
    clock.advanceSeconds(FRESH_SECONDS);
    await store.copy(userKey);
    expect(await sessions.authenticate(token)).toMatchObject({ reason: "token_reused" });
    expect(store.finds).toBe(1);
  });

  test("decides nothing about a secret in grace", async () => {
    const held = await sessions.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const next = await sessions.rotate(held);
    await sessions.authenticate(next ?? "");
    await store.copy(userKey);
    expect(await sessions.authenticate(token)).toMatchObject({ presented: "grace" });
    expect(store.finds).toBe(1);
  });

  test("decides nothing while a newer secret is on its way", async () => {
    const held = await sessions.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const next = await sessions.rotate(held);
    await store.copy(userKey);
    expect((await sessions.authenticate(token)).status).toBe("authenticated");
    expect(store.finds).toBe(1);
    expect((await sessions.authenticate(next ?? "")).status).toBe("authenticated");
    expect(store.finds).toBe(2);
  });

  test("does not say that a session has expired: it may have been extended elsewhere", async () => {
    clock.advanceSeconds(standardPolicy.lifetime.idleTimeoutSeconds - 1);
    await sessions.authenticate(token);
    store.finds = 0;
    clock.advanceSeconds(1);
    expect((await sessions.authenticate(token, { slide: false })).status).toBe("authenticated");
    expect(store.finds).toBe(1);
  });

  test("says yes to no session that has expired", async () => {
    clock.advanceSeconds(standardPolicy.lifetime.idleTimeoutSeconds);
    expect(await sessions.authenticate(token, { slide: false })).toMatchObject({ reason: "expired" });
    expect(store.finds).toBe(1);
  });

  test("does not keep a touch from being written", async () => {
    clock.advanceSeconds(60);
    await sessions.authenticate(token);
    expect(store.finds).toBe(1);
    const [session] = await sessions.list("ada");
    expect(session?.lastSeenAt).toBe(clock.now());
  });

  test("serves a poll, which does not touch, from the copy", async () => {
    clock.advanceSeconds(60);
    expect((await sessions.authenticate(token, { slide: false })).status).toBe("authenticated");
    expect(store.finds).toBe(0);
  });

  test("never says that a login is fresh, and says whose session it is", async () => {
    const proven = await proveAgain();
    expect(await sessions.authenticate(proven)).toMatchObject({ fresh: false, freshnessKnown: false });
    expect(store.finds).toBe(0);
  });

  test("leaves freshness to the store, where it is asked for", async () => {
    const proven = await proveAgain();
    const asked = await sessions.authenticate(proven, { needsFreshness: true });
    expect(asked).toMatchObject({ fresh: true, freshnessKnown: true });
    expect(store.finds).toBe(1);
  });

  test("says itself that a login is not fresh any more", async () => {
    const asked = await sessions.authenticate(token, { needsFreshness: true });
    expect(asked).toMatchObject({ fresh: false, freshnessKnown: true });
    expect(store.finds).toBe(0);
  });

  test("calls no secret fresh that was replaced after the copy was made", async () => {
    const old = await proveAgain();
    const held = await sessions.authenticate(old);
    if (held.status !== "authenticated") throw new Error(held.reason);
    const proven = await sessions.reauthenticate(held);
    if (proven.outcome !== "reauthenticated") throw new Error(proven.outcome);
    await sessions.authenticate(proven.token);
    expect(await sessions.authenticate(old)).toMatchObject({ fresh: false, freshnessKnown: false });
    expect(await sessions.authenticate(old, { needsFreshness: true })).toMatchObject({
      presented: "grace",
      fresh: false,
    });
  });

  test("says nothing any more of a session that this process has ended", async () => {
    const held = await sessions.authenticate(token);
    if (held.status !== "authenticated") throw new Error(held.reason);
    await sessions.logout(held);
    expect(await sessions.authenticate(token)).toMatchObject({ status: "unauthenticated", reason: "unknown" });
  });
});
