import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CoatcheckError } from "coatcheck";
import { describe, expect, test } from "vitest";
import type { Account } from "../../../src/accounts/account.ts";
import {
  CredentialChanges,
  type CredentialChangesParts,
  LONGEST_CHANGE_SECONDS,
  type OwnPasswordChange,
} from "../../../src/accounts/credentials/credential-changes.ts";
import { PasswordAuthenticator } from "../../../src/accounts/credentials/password-authenticator.ts";
import { findSessionOwner } from "../../../src/accounts/session-owner.ts";
import { describeOnEveryAccountStore } from "../../storage/support/every-database.ts";
import {
  goodPassword,
  openTestAccounts,
  openTestGateway,
  otherPassword,
  type TestAccounts,
  temporaryFolder,
} from "../support/test-accounts.ts";

const home = "192.0.2.1";
const atOnce = { minimumAgeSeconds: 0 };
const all = { limit: 10, minimumAgeSeconds: 0 };

type SessionsOfChanges = CredentialChangesParts["sessions"];
type TestGateway = Awaited<ReturnType<typeof openTestGateway>>;

async function openAndAddAda(database?: TestAccounts) {
  const gateway = await openTestGateway({}, database);
  const ada = await gateway.addUser("ada@example.com");
  gateway.clock.advanceSeconds(1);
  return { gateway, ada };
}

async function proofOf({ authenticator }: TestGateway, ada: Account, password = goodPassword) {
  const checked = await authenticator.checkOwner(ada, "session", { password, address: home });
  if (checked.outcome !== "verified") throw new Error(checked.outcome);
  return checked.proof;
}

/** Changes over the same accounts whose session store is down. */
function changesWithoutSessions(gateway: TestGateway): CredentialChanges {
  const down = async () => {
    throw new CoatcheckError("store_unavailable", "down");
  };
  return new CredentialChanges({ ...gateway, sessions: { revokeAll: down } });
}

/** Changes over the same accounts and sessions that know nothing of what the gateway's own have under way. */
function otherProcess(gateway: TestGateway, sessions: SessionsOfChanges = gateway.sessions): CredentialChanges {
  return new CredentialChanges({ ...gateway, sessions });
}

async function canLogIn({ authenticator, sessions }: TestGateway, password: string): Promise<boolean> {
  const claimant = await authenticator.lookUp("ada@example.com");
  await sessions.begin(claimant.userId);
  const checked = await authenticator.checkLogin(claimant, { password, address: home, deviceToken: null });
  return checked.outcome === "verified";
}

/** The login that a change of the owner's is followed by; null where something overtook the change. */
async function logInAfter(
  { sessions, changes }: TestGateway,
  { proof }: Extract<OwnPasswordChange, { outcome: "changed" }>,
) {
  const attempt = await sessions.begin(proof.account.id);
  if (!(await changes.stillHolds(proof))) return null;
  const login = await sessions.login(attempt);
  return login.outcome === "logged_in" ? login : null;
}

describeOnEveryAccountStore((database) => {
  const openWithAda = async () => openAndAddAda(await database.open());

  describe("the owner's change of password", () => {
    test("ends all sessions, the caller's too, and lets the caller begin a new one", async () => {
      const { gateway, ada } = await openWithAda();
      const old = [await gateway.logIn(ada), await gateway.logIn(ada)];
      gateway.clock.advanceSeconds(1);
      const change = await gateway.changes.changeOwnPassword(await proofOf(gateway, ada), otherPassword);
      if (change.outcome !== "changed") throw new Error(change.outcome);
      for (const { token } of old) expect((await gateway.sessions.authenticate(token)).status).toBe("unauthenticated");
      const login = await logInAfter(gateway, change);
      if (login === null) throw new Error("The change was overtaken.");
      expect(await findSessionOwner(gateway.accounts, login.authentication.session)).toEqual(
        await gateway.accounts.findById(ada.id),
      );
      expect(await gateway.accounts.listPendingRevocations(all)).toEqual([]);
      expect(await canLogIn(gateway, goodPassword)).toBe(false);
      expect(await canLogIn(gateway, otherPassword)).toBe(true);
    });

    test("refuses a login whose password was checked before it", async () => {
      const { gateway, ada } = await openWithAda();
      const attempt = await gateway.sessions.begin(ada.id);
      expect(await canLogIn(gateway, goodPassword)).toBe(true);
      await gateway.changes.changeOwnPassword(await proofOf(gateway, ada), otherPassword);
      expect(await gateway.sessions.login(attempt)).toEqual({ outcome: "login_overtaken" });
    });

    test("is not made when another change overtook the proof", async () => {
      const { gateway, ada } = await openWithAda();
      const proof = await proofOf(gateway, ada);
      await gateway.changes.setPassword(ada, otherPassword);
      expect(await gateway.changes.changeOwnPassword(proof, "one more good password")).toEqual({
        outcome: "overtaken",
      });
      expect(await canLogIn(gateway, otherPassword)).toBe(true);
    });

    test("is not made when the account was disabled after the proof", async () => {
      const { gateway, ada } = await openWithAda();
      const proof = await proofOf(gateway, ada);
      await gateway.changes.disable(ada);
      expect(await gateway.changes.changeOwnPassword(proof, otherPassword)).toEqual({ outcome: "overtaken" });
    });

    test.each([
      {
        by: "another password",
        overtake: ({ changes }: TestGateway, ada: Account) => changes.setPassword(ada, "one more good password"),
      },
      { by: "a disabling", overtake: ({ changes }: TestGateway, ada: Account) => changes.disable(ada) },
    ])("lets no login follow when it was overtaken by $by before the new session could begin", async ({ overtake }) => {
      const { gateway, ada } = await openWithAda();
      const { sessions, changes } = gateway;
      const change = await changes.changeOwnPassword(await proofOf(gateway, ada), otherPassword);
      if (change.outcome !== "changed") throw new Error(change.outcome);
      expect(await changes.stillHolds(change.proof)).toBe(true);
      const attempt = await sessions.begin(ada.id);
      await overtake(gateway, ada);
      expect(await changes.stillHolds(change.proof)).toBe(false);
      expect(await sessions.login(attempt)).toEqual({ outcome: "login_overtaken" });
      expect(await sessions.list(ada.id)).toEqual([]);
    });

    test("of two at once from one password, one is made", async () => {
      const { gateway, ada } = await openWithAda();
      const proofs = [await proofOf(gateway, ada), await proofOf(gateway, ada)];
      const changes = await Promise.all(
        proofs.map((proof, index) => gateway.changes.changeOwnPassword(proof, `${otherPassword} ${index}`)),
      );
      expect(changes.map(({ outcome }) => outcome).sort()).toEqual(["changed", "overtaken"]);
    });
  });

  describe("the operator's change", () => {
    test("of a password ends all sessions, forgets known devices and opens a closed account", async () => {
      const { gateway, ada } = await openWithAda();
      await gateway.logIn(ada);
      await gateway.logIn(ada);
      const deviceToken = await gateway.devices.issue(ada.id);
      for (let guess = 0; guess < 10; guess++) await canLogIn(gateway, otherPassword);
      expect(await gateway.changes.setPassword(ada, otherPassword)).toBe(2);
      expect(await gateway.sessions.list(ada.id)).toEqual([]);
      expect(await gateway.devices.recognise(ada.id, deviceToken)).toBeNull();
      expect(await canLogIn(gateway, otherPassword)).toBe(true);
    });

    test("to disabled ends all sessions, and refuses one that is still there", async () => {
      const { gateway, ada } = await openWithAda();
      const { authentication } = await gateway.logIn(ada);
      expect(await findSessionOwner(gateway.accounts, authentication.session)).toEqual(ada);
      expect(await gateway.changes.disable(ada)).toBe(1);
      expect(await gateway.sessions.list(ada.id)).toEqual([]);
      expect(await findSessionOwner(gateway.accounts, authentication.session)).toBeNull();
      await gateway.accounts.enable(ada.id);
      expect(await canLogIn(gateway, goodPassword)).toBe(true);
    });

    test("tells why the sessions ended", async () => {
      const { gateway, ada } = await openWithAda();
      const reasons: string[] = [];
      gateway.sessions.events.on("revoked", ({ reason }) => reasons.push(reason));
      await gateway.logIn(ada);
      await gateway.changes.setPassword(ada, otherPassword);
      await gateway.logIn(ada);
      await gateway.changes.disable(ada);
      expect(reasons).toEqual(["credentials_changed", "user_disabled"]);
    });

    test("of an account that is gone is null", async () => {
      const { gateway, ada } = await openWithAda();
      const gone = { ...ada, id: "gone" };
      expect(await gateway.changes.setPassword(gone, otherPassword)).toBeNull();
      expect(await gateway.changes.disable(gone)).toBeNull();
    });
  });

  describe("while the session store is down", () => {
    test("a change fails with the store's fault, stands, and shuts the sessions out until it is finished", async () => {
      const { gateway, ada } = await openWithAda();
      const { token, authentication } = await gateway.logIn(ada);
      gateway.clock.advanceSeconds(1);
      const changing = changesWithoutSessions(gateway).changeOwnPassword(await proofOf(gateway, ada), otherPassword);
      await expect(changing).rejects.toMatchObject({ code: "store_unavailable" });

      // The store has the session still, so the account has to refuse it.
      expect((await gateway.sessions.authenticate(token)).status).toBe("authenticated");
      expect(await findSessionOwner(gateway.accounts, authentication.session)).toBeNull();
      expect(await gateway.accounts.listPendingRevocations(all)).toHaveLength(1);

      await expect(changesWithoutSessions(gateway).finishPending(atOnce)).rejects.toMatchObject({
        code: "store_unavailable",
      });
      expect(await gateway.changes.finishPending(atOnce)).toBe(1);
      expect((await gateway.sessions.authenticate(token)).status).toBe("unauthenticated");
      expect(await gateway.changes.finishPending(atOnce)).toBe(0);
    });

    test("no session of the user passes, whenever it was created and whatever the clock did", async () => {
      const { gateway, ada } = await openWithAda();
      const before = await gateway.logIn(ada);
      gateway.clock.advanceSeconds(-60);
      await expect(changesWithoutSessions(gateway).setPassword(ada, otherPassword)).rejects.toThrow();
      // A login whose password was checked before the change, and whose session is written only now.
      gateway.clock.advanceSeconds(1);
      const late = await gateway.logIn(ada);
      for (const { authentication } of [before, late]) {
        expect(await findSessionOwner(gateway.accounts, authentication.session)).toBeNull();
      }
    });

    test("the operator's change has already forgotten the devices", async () => {
      const { gateway, ada } = await openWithAda();
      const deviceToken = await gateway.devices.issue(ada.id);
      const changing = changesWithoutSessions(gateway).setPassword(ada, otherPassword);
      await expect(changing).rejects.toMatchObject({ code: "store_unavailable" });
      expect(await gateway.devices.recognise(ada.id, deviceToken)).toBeNull();
    });

    test("no look-up of a user gets past what is pending of them", async () => {
      const { gateway, ada } = await openWithAda();
      await gateway.addUser("bob@example.com");
      await gateway.accounts.disable(ada.id);
      const changes = changesWithoutSessions(gateway);
      const authenticator = new PasswordAuthenticator({ ...gateway, changes });
      await expect(authenticator.lookUp("ada@example.com")).rejects.toMatchObject({ code: "store_unavailable" });
      await expect(authenticator.lookUp("bob@example.com")).resolves.toMatchObject({ email: "bob@example.com" });
    });
  });

  test("two processes that finish what is pending at once do no harm", async () => {
    const { gateway, ada } = await openWithAda();
    const { token } = await gateway.logIn(ada);
    await gateway.accounts.disable(ada.id);
    await Promise.all([gateway.changes.finishPending(atOnce), otherProcess(gateway).finishPending(atOnce)]);
    expect((await gateway.sessions.authenticate(token)).status).toBe("unauthenticated");
    expect(await gateway.accounts.listPendingRevocations(all)).toEqual([]);
  });

  test("housekeeping during a change does not end the session that follows it", async () => {
    const { gateway, ada } = await openWithAda();
    const revocations: string[] = [];
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const changes = new CredentialChanges({
      ...gateway,
      sessions: {
        async revokeAll(userId, reason) {
          revocations.push(userId);
          await held;
          return gateway.sessions.revokeAll(userId, reason);
        },
      },
    });
    const proof = await proofOf(gateway, ada);
    const changing = changes.changeOwnPassword(proof, otherPassword);
    await expect.poll(() => revocations.length).toBe(1);
    const housekeeping = changes.finishPending(atOnce);
    letGo();
    const change = await changing;
    await housekeeping;
    if (change.outcome !== "changed") throw new Error(change.outcome);
    expect(revocations).toHaveLength(1);
    expect(await logInAfter(gateway, change)).toMatchObject({ outcome: "logged_in" });
  });

  test("a change that another process has under way is left to it, so the session that follows stays", async () => {
    const { gateway, ada } = await openWithAda();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const other = otherProcess(gateway, {
      async revokeAll(userId, reason) {
        await held;
        return gateway.sessions.revokeAll(userId, reason);
      },
    });
    let housekeeping: Promise<number> | null = null;
    const changes = otherProcess(gateway, {
      async revokeAll(userId, reason) {
        housekeeping = other.finishPending();
        return gateway.sessions.revokeAll(userId, reason);
      },
    });
    const change = await changes.changeOwnPassword(await proofOf(gateway, ada), otherPassword);
    if (change.outcome !== "changed") throw new Error(change.outcome);
    const login = await logInAfter(gateway, change);
    if (login === null) throw new Error("The change was overtaken.");
    letGo();
    expect(await housekeeping).toBe(0);
    expect((await gateway.sessions.authenticate(login.token)).status).toBe("authenticated");
  });

  test("what a crash left pending is finished once no change can take so long", async () => {
    const { gateway, ada } = await openWithAda();
    const { token } = await gateway.logIn(ada);
    await gateway.accounts.disable(ada.id);
    gateway.clock.advanceSeconds(LONGEST_CHANGE_SECONDS - 1);
    expect(await gateway.changes.finishPending()).toBe(0);
    gateway.clock.advanceSeconds(1);
    expect(await gateway.changes.finishPending()).toBe(1);
    expect((await gateway.sessions.authenticate(token)).status).toBe("unauthenticated");
  });

  test("what was finished while housekeeping was busy with others is not finished again", async () => {
    const { gateway, ada } = await openWithAda();
    const bob = await gateway.addUser("bob@example.com");
    await gateway.accounts.disable(ada.id);
    gateway.clock.advanceSeconds(1);
    const bobs = await gateway.accounts.disable(bob.id);
    if (bobs === null) throw new Error("nothing pending");
    const revoked: string[] = [];
    const changes = otherProcess(gateway, {
      async revokeAll(userId, reason) {
        revoked.push(userId);
        await gateway.accounts.completePendingRevocation(bobs);
        return gateway.sessions.revokeAll(userId, reason);
      },
    });
    await changes.finishPending(atOnce);
    expect(revoked).toEqual([ada.id]);
  });

  test("a login finishes what is pending first, so the session that it creates stays", async () => {
    const { gateway, ada } = await openWithAda();
    const { token } = await gateway.logIn(ada);
    await expect(changesWithoutSessions(gateway).setPassword(ada, otherPassword)).rejects.toThrow();
    gateway.clock.advanceSeconds(1);
    expect(await canLogIn(gateway, otherPassword)).toBe(true);
    const login = await gateway.logIn(ada);
    await gateway.changes.finishPending(atOnce);
    expect((await gateway.sessions.authenticate(token)).status).toBe("unauthenticated");
    expect((await gateway.sessions.authenticate(login.token)).status).toBe("authenticated");
    expect(await findSessionOwner(gateway.accounts, login.authentication.session)).not.toBeNull();
  });

  test("a session of a user who has no account any more is refused", async () => {
    const { gateway } = await openWithAda();
    expect(await findSessionOwner(gateway.accounts, { userId: "gone" })).toBeNull();
  });
});

test("a process killed between the change and the revocation leaves a note that the next one finishes", async () => {
  const path = join(temporaryFolder(), "accounts.sqlite");
  const { gateway, ada } = await openAndAddAda(await openTestAccounts(path));
  const { token, authentication } = await gateway.logIn(ada);

  const script = new URL("../support/hang-in-revocation.js", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, path, "ada@example.com"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(otherPassword);
  const [said] = await once(child.stdout, "data");
  expect(String(said)).toBe("revoking credentials_changed\n");
  child.kill("SIGKILL");
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");

  // A new process on the same file, before it has finished anything.
  const restarted = await openTestGateway({}, await openTestAccounts(path));
  expect((await gateway.sessions.authenticate(token)).status).toBe("authenticated");
  expect(await findSessionOwner(restarted.accounts, authentication.session)).toBeNull();

  const changes = new CredentialChanges({ ...restarted, sessions: gateway.sessions });
  expect(await changes.finishPending(atOnce)).toBe(1);
  expect((await gateway.sessions.authenticate(token)).status).toBe("unauthenticated");
  expect(await restarted.accounts.listPendingRevocations(all)).toEqual([]);
  expect(await canLogIn(restarted, goodPassword)).toBe(false);
  expect(await canLogIn(restarted, otherPassword)).toBe(true);
});
