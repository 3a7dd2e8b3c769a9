import { missingProgram, PostgresServer } from "@coatcheck/throwaway-servers";
import type { SessionStore } from "coatcheck/store";
import { PostgresSessionStore } from "coatcheck/stores/postgres";
import { sessionRecordNamed } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connectTo, PostgresDatabase } from "./support/postgres-stores.ts";

const LIMIT = { maximum: 1_000, whenFull: "refuse" } as const;
const LISTENERS = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'";

describe.skipIf(missingProgram("postgres"))("what is removed in Postgres", () => {
  let server: PostgresServer;
  let database: PostgresDatabase;
  let store: PostgresSessionStore;
  let other: PostgresSessionStore;
  let heard: string[];
  let states: string[];

  beforeAll(async () => {
    server = await PostgresServer.start();
    const url = await server.createDatabase();
    database = await PostgresDatabase.create({ pool: url, listener: url });
    const connectListener = () => connectTo(url);
    [store, other] = await Promise.all([
      PostgresSessionStore.open({ pool: database.pools[0], connectListener }),
      PostgresSessionStore.open({ pool: database.pools[1], connectListener }),
    ]);
  });

  afterAll(async () => {
    store.close();
    await database.end();
    await server.stop();
  });

  async function listen(): Promise<() => void> {
    [heard, states] = [[], []];
    const stop = store.subscribe(
      ({ sessionId }) => heard.push(sessionId.replace(/-+$/, "")),
      (state) => states.push(state),
    );
    await waitFor(() => expect(states).toEqual(["open"]));
    return stop;
  }

  function waitFor(expectation: () => void | Promise<void>): Promise<unknown> {
    return vi.waitFor(expectation, { timeout: 20_000, interval: 10 });
  }

  async function loginAndRemove(by: SessionStore, name: string): Promise<void> {
    const record = sessionRecordNamed(name, Date.now());
    await by.insert(record, await by.readFence(record.userKey), LIMIT);
    await by.delete(record, "revoked");
  }

  test("is heard of by another process", async () => {
    const stop = await listen();
    await loginAndRemove(other, "phone");
    await waitFor(() => expect(heard).toEqual(["phone"]));
    stop();
  });

  test("is heard of again after the connection was cut, and the gap is reported", async () => {
    const stop = await listen();
    await database.pools[1].query(`SELECT pg_terminate_backend(pid) FROM (${LISTENERS}) AS listeners`);
    await waitFor(() => expect(states).toEqual(["open", "interrupted", "open"]));
    await loginAndRemove(other, "after-it");
    await waitFor(() => expect(heard).toContain("after-it"));
    stop();
  });

  test("is heard of again after a server that left its connections open answered nothing", async () => {
    const stop = await listen();
    server.pause();
    await waitFor(() => expect(states).toEqual(["open", "interrupted"]));
    server.resume();
    await waitFor(() => expect(states).toEqual(["open", "interrupted", "open"]));
    await loginAndRemove(other, "after-pause");
    await waitFor(() => expect(heard).toContain("after-pause"));
    stop();
  });

  test("is heard of in full when a thousand go at once", async () => {
    const stop = await listen();
    const records = Array.from({ length: 1_000 }, (_, index) => sessionRecordNamed(`number-${index}`, Date.now()));
    const [first] = records;
    if (first === undefined) throw new Error("There are a thousand.");
    for (const record of records) await other.insert(record, await other.readFence(record.userKey), LIMIT);
    expect(await other.deleteByUser(first.userKey, "credentials_changed")).toHaveLength(1_000);
    await waitFor(() => expect(heard).toHaveLength(1_000));
    stop();
  });

  test("is heard of although another client notifies of nonsense", async () => {
    const stop = await listen();
    for (const payload of ["nonsense", "[]", "null", "[1,2]", "{}", "[1,2,3,4]", '["key","fence","revoked","ada"]']) {
      await database.pools[1].query("SELECT pg_notify('coatcheck_removals', $1)", [payload]);
    }
    await loginAndRemove(other, "phone-again");
    await waitFor(() => expect(heard).toEqual(["phone-again"]));
    expect(states).toEqual(["open"]);
    stop();
  });

  test("keeps no connection when the last listener has gone", async () => {
    const stop = await listen();
    const count = async () => (await database.pools[1].query(LISTENERS)).rows.length;
    expect(await count()).toBe(1);
    stop();
    await waitFor(async () => expect(await count()).toBe(0));
  });

  test("is heard of as soon as a server is there that was not when the listener began", async () => {
    await server.kill();
    const late: string[] = [];
    const stop = store.subscribe(
      () => {},
      (state) => late.push(state),
    );
    await server.restart();
    await waitFor(() => expect(late).toEqual(["open"]));
    stop();
  });
});
