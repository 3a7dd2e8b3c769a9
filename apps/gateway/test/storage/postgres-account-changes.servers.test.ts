import { missingProgram, PgBouncer, PostgresServer } from "@coatcheck/throwaway-servers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { AccountStore } from "../../src/accounts/account-store.ts";
import { findSessionOwner } from "../../src/accounts/session-owner.ts";
import { emailOf } from "../accounts/support/test-accounts.ts";
import { nearCacheOn, openOnPostgres, queryDirectly } from "./support/postgres-for-tests.ts";

/** Longer than any outage here takes to be noticed and to be over. */
const PATIENCE = { timeout: 15_000, interval: 20 };

describe.skipIf(missingProgram("postgres"))("two nodes that hold copies of accounts in one Postgres", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());

  /** Both have a copy that would be used for a minute. */
  async function openTwo() {
    const url = await server.createDatabase();
    const faults: unknown[] = [];
    let timesHeard = 0;
    const told = { onFault: (error: unknown) => faults.push(error), onHeard: () => (timesHeard += 1) };
    const first = await openOnPostgres(url, undefined, nearCacheOn(url));
    const second = await openOnPostgres(url, first.clock, nearCacheOn(url, told));
    const added = await first.accounts.add({ email: emailOf("ada@example.com"), name: "Ada", passwordHash: "hash" });
    if (added.outcome !== "added") throw new Error(added.outcome);
    const userId = added.account.id;
    await vi.waitFor(() => expect(timesHeard).toBe(1), PATIENCE);
    const holdsCopy = () => isCopied(second.accounts, userId);
    await vi.waitFor(async () => expect(await holdsCopy()).toBe(true), PATIENCE);
    return {
      url,
      first: first.accounts,
      second: second.accounts,
      userId,
      faults,
      timesHeard: () => timesHeard,
      holdsCopy,
    };
  }

  test("what one changes, the other sees", async () => {
    const { first, second, userId } = await openTwo();
    await first.describe(userId, { name: "Ada King", roles: ["staff"] });
    const expected = { name: "Ada King", roles: ["staff"] };
    await vi.waitFor(async () => expect(await findSessionOwner(second, { userId })).toMatchObject(expected), PATIENCE);
    await first.disable(userId);
    await vi.waitFor(async () => expect(await findSessionOwner(second, { userId })).toBeNull(), PATIENCE);
  });

  test("what an operator changes by hand, both see", async () => {
    const { url, first, second, userId } = await openTwo();
    await queryDirectly(url, "UPDATE coatcheck_accounts SET disabled = true");
    for (const node of [first, second]) {
      await vi.waitFor(async () => expect(await findSessionOwner(node, { userId })).toBeNull(), PATIENCE);
    }
  });

  test("while the connection is lost nothing is held, and afterwards it is again", async () => {
    const { second, userId, url, faults, timesHeard, holdsCopy } = await openTwo();
    await queryDirectly(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN coatcheck_%'",
    );
    await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0), PATIENCE);
    await vi.waitFor(() => expect(timesHeard()).toBe(2), PATIENCE);
    await vi.waitFor(async () => expect(await holdsCopy()).toBe(true), PATIENCE);
    await queryDirectly(url, "UPDATE coatcheck_accounts SET name = 'Ada King'");
    const expected = { name: "Ada King" };
    await vi.waitFor(async () => expect(await findSessionOwner(second, { userId })).toMatchObject(expected), PATIENCE);
  });

  test("a server that hangs is noticed, and its copies are used no more", async () => {
    const { second, userId, faults } = await openTwo();
    server.pause();
    onTestFinished(() => server.resume());
    expect(await findSessionOwner(second, { userId })).not.toBeNull();
    await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0), PATIENCE);
    await expect(findSessionOwner(second, { userId })).rejects.toMatchObject({ code: "accounts_unavailable" });
  });

  test.skipIf(missingProgram("pgbouncer"))("a pooler in between is noticed, and nothing is held", async () => {
    const url = await server.createDatabase();
    const bouncer = await PgBouncer.start(url);
    onTestFinished(() => bouncer.stop());
    const faults: unknown[] = [];
    const nearCache = nearCacheOn(bouncer.url, { onFault: (error) => faults.push(error) });
    const { accounts } = await openOnPostgres(bouncer.url, undefined, nearCache);
    const added = await accounts.add({ email: emailOf("ada@example.com"), name: "Ada", passwordHash: "hash" });
    if (added.outcome !== "added") throw new Error(added.outcome);
    await vi.waitFor(() => expect(faults.length).toBeGreaterThan(0), PATIENCE);
    expect(String(faults[0])).toMatch(/must reach Postgres itself/);
    const { id: userId } = added.account;
    await queryDirectly(url, "UPDATE coatcheck_accounts SET disabled = true");
    expect(await findSessionOwner(accounts, { userId })).toBeNull();
  });
});

/** The very same object twice was not read twice. */
async function isCopied(accounts: AccountStore, userId: string): Promise<boolean> {
  const first = await accounts.findSessionOwner(userId);
  return first !== null && first === (await accounts.findSessionOwner(userId));
}
