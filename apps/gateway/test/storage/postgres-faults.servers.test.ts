import { missingProgram, PgBouncer, PostgresServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openPostgresAccounts } from "../../src/storage/accounts/open-postgres-accounts.ts";
import { AccountPool } from "../../src/storage/postgres/account-pool.ts";
import { emailOf } from "../accounts/support/test-accounts.ts";
import { openOnPostgres, queryDirectly } from "./support/postgres-for-tests.ts";

const email = emailOf("ada@example.com");
const newAda = { email, name: "Ada", passwordHash: "hash" };
const subject = { email, address: "192.0.2.1", trusted: null };

/** The deadline, and what a busy machine may add to it. */
const NOTICED_WITHIN_MILLISECONDS = 2_900;
/** More than there are connections. */
const CALLS = 25;

describe.skipIf(missingProgram("postgres"))("while Postgres does not answer", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());

  async function openWithAda() {
    const opened = await openOnPostgres(await server.createDatabase());
    const added = await opened.accounts.add(newAda);
    if (added.outcome !== "added") throw new Error(added.outcome);
    return { ...opened, userId: added.account.id };
  }

  test("every call fails within the deadline, and the next ones succeed once it answers again", async () => {
    const { accounts, throttle, devices, userId } = await openWithAda();
    server.pause();
    onTestFinished(() => server.resume());
    const started = performance.now();
    const calls = Array.from({ length: CALLS }, () => [
      accounts.findSessionOwner(userId),
      accounts.disable(userId),
      throttle.reserve(subject),
      devices.issue(userId),
    ]).flat();
    const results = await Promise.allSettled(calls);
    expect(performance.now() - started).toBeLessThan(NOTICED_WITHIN_MILLISECONDS);
    for (const result of results) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "accounts_unavailable" } });
    }
    server.resume();
    await expect.poll(() => accounts.enable(userId).catch(() => null), { timeout: 10_000 }).toBe(true);
    await expect(throttle.reserve(subject)).resolves.toMatchObject({ allowed: true });
  });

  test("a call fails at once when too many wait already", async () => {
    const { accounts, userId } = await openWithAda();
    server.pause();
    onTestFinished(() => server.resume());
    const waiting = Array.from({ length: 1_010 }, () => accounts.findById(userId).catch(() => "failed"));
    const started = performance.now();
    await expect(accounts.findById(userId)).rejects.toMatchObject({ code: "accounts_unavailable" });
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["failed"]));
  });

  test("a server that was killed and started again is used again, and has what was acknowledged", async () => {
    const { accounts, userId } = await openWithAda();
    const pending = await accounts.disable(userId);
    await server.kill("SIGKILL");
    await expect(accounts.findById(userId)).rejects.toMatchObject({ code: "accounts_unavailable" });
    await expect(accounts.enable(userId)).rejects.toMatchObject({ code: "accounts_unavailable" });
    await server.restart();
    await expect.poll(() => accounts.findPendingRevocation(userId).catch(() => null)).toEqual(pending);
  });

  test("a node that hangs in the middle of a change holds up the others no longer than the deadline", async () => {
    const url = await server.createDatabase();
    const { accounts } = await openOnPostgres(url);
    const added = await accounts.add(newAda);
    if (added.outcome !== "added") throw new Error(added.outcome);
    const { id: userId } = added.account;

    const hanging = new AccountPool(url);
    onTestFinished(() => hanging.close());
    let goOn = () => {};
    const hung = new Promise<void>((resolve) => (goOn = resolve));
    let locked = () => {};
    const holding = new Promise<void>((resolve) => (locked = resolve));
    const change = hanging.write(async (transaction) => {
      await transaction.query("UPDATE coatcheck_accounts SET disabled = true");
      locked();
      await hung;
    });
    const outcome = expect(change).rejects.toMatchObject({ code: "accounts_unavailable" });
    await holding;
    const started = performance.now();
    await expect.poll(() => accounts.changePassword(userId, "hash", "next").catch(() => null)).not.toBeNull();
    expect(performance.now() - started).toBeLessThan(2 * NOTICED_WITHIN_MILLISECONDS);
    goOn();
    await outcome;
    expect((await accounts.findById(userId))?.disabled).toBe(false);
  });

  test("a fault leaves the connections usable and no transaction open", async () => {
    const { devices, accounts, userId } = await openWithAda();
    for (let fault = 0; fault < CALLS; fault++) {
      await expect(devices.issue("nobody")).rejects.toMatchObject({ code: "accounts_unavailable" });
    }
    expect(await accounts.disable(userId)).not.toBeNull();
  });

  test("calls after closing are faults with a code", async () => {
    const { accounts, throttle, close } = await openPostgresAccounts({ url: await server.createDatabase() });
    await close();
    await expect(accounts.list()).rejects.toMatchObject({ code: "accounts_unavailable" });
    await expect(throttle.reserve(subject)).rejects.toMatchObject({ code: "accounts_unavailable" });
  });
});

describe.skipIf(missingProgram("postgres") || missingProgram("pgbouncer"))("behind PgBouncer", () => {
  test("in transaction mode nothing is different", async () => {
    const server = await PostgresServer.start();
    onTestFinished(() => server.stop());
    const url = new URL(await server.createDatabase());
    // Without one PgBouncer calls its configuration wrong, though Postgres asks for none.
    url.password = "any";
    const bouncer = await PgBouncer.start(url.href);
    onTestFinished(() => bouncer.stop());
    const nodes = [await openOnPostgres(bouncer.url), await openOnPostgres(bouncer.url)];
    const additions = await Promise.all(nodes.map(({ accounts }) => accounts.add(newAda)));
    expect(additions.map(({ outcome }) => outcome).sort()).toEqual(["added", "email_taken"]);
    const attempts = Array.from({ length: 30 }, () => nodes.map(({ throttle }) => throttle.reserve(subject))).flat();
    expect((await Promise.all(attempts)).filter(({ allowed }) => allowed)).toHaveLength(5);
    // The next client that is given one of these connections finds it as the server made it.
    expect(await queryDirectly(bouncer.url, "SHOW statement_timeout")).toEqual([{ statement_timeout: "0" }]);
  });
});
