import { describe, expect, test } from "vitest";
import type { AccountStore } from "../../src/accounts/account-store.ts";
import { emailOf } from "../accounts/support/test-accounts.ts";
import type { DatabaseForTests } from "./support/database-for-tests.ts";
import { describeOnEveryAccountStore, describeOnEveryDatabase } from "./support/every-database.ts";

const all = { limit: 10, minimumAgeSeconds: 0 };

async function hashOf(accounts: AccountStore, userId: string): Promise<string | undefined> {
  return (await accounts.findCredential(userId))?.passwordHash;
}

async function openAndAddAda(database: DatabaseForTests) {
  const { accounts, clock } = await database.open();
  const added = await accounts.add({ email: emailOf("ada@example.com"), name: "Ada", passwordHash: "first" });
  if (added.outcome !== "added") throw new Error(added.outcome);
  return { accounts, clock, ada: added.account };
}

describeOnEveryAccountStore((database) => {
  const openWithAda = () => openAndAddAda(database);

  test("an account is found by its id and its address, without its hash", async () => {
    const { accounts, clock, ada } = await openWithAda();
    expect(ada).toEqual({
      id: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      email: "ada@example.com",
      name: "Ada",
      roles: [],
      disabled: false,
      createdAt: clock.now(),
      passwordChangedAt: clock.now(),
    });
    expect(await accounts.findById(ada.id)).toEqual(ada);
    expect(await accounts.findByEmail(ada.email)).toEqual(ada);
    expect(await accounts.findCredential(ada.id)).toEqual({ account: ada, passwordHash: "first" });
  });

  test("a name and roles are changed, each by itself, and nothing else is", async () => {
    const { accounts, ada } = await openWithAda();
    const roles = ["admin", 'a,b "c"'];
    expect(await accounts.describe(ada.id, { roles })).toEqual({ ...ada, roles });
    expect(await accounts.describe(ada.id, { name: "Ada King" })).toEqual({ ...ada, name: "Ada King", roles });
    expect(await accounts.describe(ada.id, { roles: [] })).toEqual({ ...ada, name: "Ada King" });
    expect(await accounts.findSessionOwner(ada.id)).toMatchObject({ account: { name: "Ada King", roles: [] } });
    expect(await accounts.findPendingRevocation(ada.id)).toBeNull();
    expect(await accounts.describe("nobody", { name: "Nobody" })).toBeNull();
  });

  test("what is absent is null, false or empty", async () => {
    const { accounts, ada } = await openWithAda();
    expect(await accounts.findById("nobody")).toBeNull();
    expect(await accounts.findByEmail(emailOf("nobody@example.com"))).toBeNull();
    expect(await accounts.findCredential("nobody")).toBeNull();
    expect(await accounts.findSessionOwner("nobody")).toBeNull();
    expect(await accounts.replaceHash("nobody", "first", "second")).toBe(false);
    expect(await accounts.changePassword("nobody", null, "second")).toBeNull();
    expect(await accounts.disable("nobody")).toBeNull();
    expect(await accounts.enable("nobody")).toBe(false);
    expect(await accounts.findPendingRevocation(ada.id)).toBeNull();
    expect(await accounts.listPendingRevocations(all)).toEqual([]);
  });

  test("of two accounts with one address only the first is added, whatever the spelling and however they race", async () => {
    const { accounts } = await openWithAda();
    const spellings = ["ADA@example.com", " ada@EXAMPLE.com", "ada@example.com"];
    const results = await Promise.all(
      spellings.map((email) => accounts.add({ email: emailOf(email), name: "Eve", passwordHash: "eve" })),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(["email_taken", "email_taken", "email_taken"]);
    expect((await accounts.list()).map(({ name }) => name)).toEqual(["Ada"]);
  });

  test("accounts are listed by address, page by page", async () => {
    const { accounts } = await openWithAda();
    for (const name of ["carol", "bob", "dave"]) {
      await accounts.add({ email: emailOf(`${name}@example.com`), name, passwordHash: "hash" });
    }
    const first = await accounts.list({ limit: 3 });
    expect(first.map(({ email }) => email)).toEqual(["ada@example.com", "bob@example.com", "carol@example.com"]);
    const rest = await accounts.list({ limit: 3, after: emailOf("carol@example.com") });
    expect(rest.map(({ email }) => email)).toEqual(["dave@example.com"]);
  });

  test("a rehash replaces the hash it was made from and no other, and leaves nothing pending", async () => {
    const { accounts, ada } = await openWithAda();
    expect(await accounts.replaceHash(ada.id, "first", "stronger")).toBe(true);
    expect(await accounts.replaceHash(ada.id, "first", "late")).toBe(false);
    expect(await hashOf(accounts, ada.id)).toBe("stronger");
    expect(await accounts.findPendingRevocation(ada.id)).toBeNull();
    expect((await accounts.findById(ada.id))?.passwordChangedAt).toBe(ada.passwordChangedAt);
  });

  test("a changed password is there together with its pending revocation", async () => {
    const { accounts, clock, ada } = await openWithAda();
    clock.advanceSeconds(10);
    const pending = await accounts.changePassword(ada.id, "first", "second");
    expect(pending).toEqual({
      id: expect.any(String),
      userId: ada.id,
      reason: "credentials_changed",
      createdAt: clock.now(),
    });
    expect(await hashOf(accounts, ada.id)).toBe("second");
    expect(await accounts.findSessionOwner(ada.id)).toEqual({
      account: { ...ada, passwordChangedAt: clock.now() },
      pendingRevocation: pending,
    });
    expect(await accounts.listPendingRevocations(all)).toEqual([pending]);
  });

  test("of two changes from one hash only the first is made", async () => {
    const { accounts, ada } = await openWithAda();
    const changes = await Promise.all(
      ["second", "third"].map((hash) => accounts.changePassword(ada.id, "first", hash)),
    );
    expect(changes.filter((pending) => pending !== null)).toHaveLength(1);
    expect(await hashOf(accounts, ada.id)).toBe("second");
  });

  test("the owner cannot change the password of a disabled account, the operator can", async () => {
    const { accounts, ada } = await openWithAda();
    await accounts.disable(ada.id);
    expect(await accounts.changePassword(ada.id, "first", "second")).toBeNull();
    expect(await accounts.changePassword(ada.id, null, "third")).not.toBeNull();
    expect(await hashOf(accounts, ada.id)).toBe("third");
  });

  test("disabling and enabling leave the password alone, and enabling leaves what is pending", async () => {
    const { accounts, ada } = await openWithAda();
    const pending = await accounts.disable(ada.id);
    expect(pending?.reason).toBe("user_disabled");
    expect((await accounts.findById(ada.id))?.disabled).toBe(true);
    expect(await accounts.enable(ada.id)).toBe(true);
    expect((await accounts.findById(ada.id))?.disabled).toBe(false);
    expect(await accounts.findPendingRevocation(ada.id)).toEqual(pending);
    expect(await hashOf(accounts, ada.id)).toBe("first");
  });

  test("completing an earlier pending revocation leaves a later one in place", async () => {
    const { accounts, ada } = await openWithAda();
    const earlier = await accounts.changePassword(ada.id, null, "second");
    const later = await accounts.disable(ada.id);
    if (earlier === null || later === null) throw new Error("nothing pending");
    await accounts.completePendingRevocation(earlier);
    expect(await accounts.findPendingRevocation(ada.id)).toEqual(later);
    await accounts.completePendingRevocation(later);
    await accounts.completePendingRevocation(later);
    expect(await accounts.findPendingRevocation(ada.id)).toBeNull();
  });

  describe("pending revocations are listed", () => {
    async function openWithPending() {
      const opened = await openWithAda();
      const pending = await opened.accounts.disable(opened.ada.id);
      return { ...opened, pending };
    }

    test("oldest first, and no more than asked for", async () => {
      const { accounts, clock, pending } = await openWithPending();
      const later = [];
      for (const name of ["carol", "bob"]) {
        clock.advanceSeconds(1);
        const added = await accounts.add({ email: emailOf(`${name}@example.com`), name, passwordHash: "hash" });
        if (added.outcome !== "added") throw new Error(added.outcome);
        later.push(await accounts.disable(added.account.id));
      }
      expect(await accounts.listPendingRevocations(all)).toEqual([pending, ...later]);
      expect(await accounts.listPendingRevocations({ ...all, limit: 2 })).toEqual([pending, later[0]]);
    });

    test.each([
      { secondsLater: 9, listed: 0, why: "one that is too young is not" },
      { secondsLater: 10, listed: 1, why: "one that is old enough is" },
      { secondsLater: -60, listed: 1, why: "one from before the clock was stepped back is: its age is unknown" },
    ])("by age: $why", async ({ secondsLater, listed }) => {
      const { accounts, clock } = await openWithPending();
      clock.advanceSeconds(secondsLater);
      expect(await accounts.listPendingRevocations({ limit: 10, minimumAgeSeconds: 10 })).toHaveLength(listed);
    });

    test("with the age of the latest change of their account", async () => {
      const { accounts, clock, ada } = await openWithPending();
      clock.advanceSeconds(10);
      const later = await accounts.disable(ada.id);
      expect(later?.createdAt).toBe(clock.now());
      expect(await accounts.listPendingRevocations({ limit: 10, minimumAgeSeconds: 10 })).toEqual([]);
      expect(await accounts.listPendingRevocations(all)).toEqual([later]);
    });
  });

  test("everything is there again after the database was closed and opened", async () => {
    const { accounts, ada } = await openWithAda();
    const pending = await accounts.disable(ada.id);
    const again = await database.open();
    expect(await again.accounts.findById(ada.id)).toEqual({ ...ada, disabled: true });
    expect(await again.accounts.findPendingRevocation(ada.id)).toEqual(pending);
  });
});

// Where no copies are asked for, none may be seen.
describeOnEveryDatabase((database) => {
  test("what any process changes is seen by the very next call", async () => {
    const { accounts, clock, ada } = await openAndAddAda(database);
    const other = await database.open(clock);
    const seen = () => accounts.findSessionOwner(ada.id);
    for (let round = 0; round < 20; round += 1) {
      const changing = round % 2 === 0 ? other.accounts : accounts;
      expect(await seen()).toMatchObject({ account: { disabled: false } });
      await changing.describe(ada.id, { name: `Ada ${round}` });
      expect(await seen()).toMatchObject({ account: { name: `Ada ${round}` } });
      const pendingRevocation = await changing.disable(ada.id);
      expect(await seen()).toMatchObject({ account: { disabled: true }, pendingRevocation });
      await changing.enable(ada.id);
      if (pendingRevocation !== null) await changing.completePendingRevocation(pendingRevocation);
    }
  });
});
