import { missingProgram, PostgresServer, TcpSwitch } from "@coatcheck/throwaway-servers";
import { SessionManager, standardPolicy } from "coatcheck";
import { migratePostgresSessions, PostgresSessionStore } from "coatcheck/stores/postgres";
import { Client, Pool } from "pg";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { logIn } from "./redis-faults/support/log-in.ts";
import { connectTo } from "./support/postgres-stores.ts";

const SOON = { timeout: 8_000, interval: 50 };
const unavailable = { code: "store_unavailable" };
/** Opens so many connections that a pool which tries them one by one is seen. */
const CROWD = 10;

/** The pool as docs/choosing-a-store.md makes it: no listener of the application's on anything. */
describe.skipIf(missingProgram("postgres"))("one name in front of two Postgres servers", () => {
  let first: PostgresServer;
  let second: PostgresServer;
  let name: TcpSwitch;
  let store: PostgresSessionStore;
  let sessions: SessionManager;

  beforeEach(async () => {
    first = await PostgresServer.start();
    second = await first.startStandby();
    name = await TcpSwitch.start(first.port);
    const url = `postgres://postgres@127.0.0.1:${name.port}/postgres`;
    const pool = new Pool({ connectionString: url, max: CROWD });
    onTestFinished(() => pool.end());
    await migratePostgresSessions(pool);
    store = await PostgresSessionStore.open({
      pool,
      async connectListener() {
        const client = new Client(url);
        await client.connect();
        return client;
      },
    });
    onTestFinished(() => store.close());
    sessions = new SessionManager({ store });
  });

  afterEach(async () => {
    await name.stop();
    await Promise.all([first.stop(), second.stop()]);
  });

  test("what a standby says of a session is not believed, for it may lag behind", async () => {
    const { token } = await logIn(sessions, "ada");
    await vi.waitFor(async () => {
      expect(await second.command("SELECT count(*) FROM coatcheck_sessions")).toBe("1");
    }, SOON);
    await first.kill();
    name.switchTo(second.port);
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(sessions.authenticate(token)).rejects.toMatchObject(unavailable);
      await expect(sessions.begin("grace")).rejects.toMatchObject(unavailable);
    }
    await second.promote();
    await vi.waitFor(() => logIn(sessions, "grace"), SOON);
    expect(await sessions.authenticate(token)).toMatchObject({ status: "authenticated" });
  });

  test("a server that became read-only is left by all connections at once, and by the one that listens", async () => {
    const heard: string[] = [];
    const channel: string[] = [];
    store.subscribe(
      ({ sessionId }) => heard.push(sessionId),
      (state) => channel.push(state),
    );
    const { token } = await logIn(sessions, "ada");
    await vi.waitFor(() => expect(channel).toEqual(["open"]), SOON);
    await Promise.all(Array.from({ length: CROWD }, () => sessions.list("ada")));
    await second.promote();
    await first.command("ALTER SYSTEM SET default_transaction_read_only = on");
    await first.command("SELECT pg_reload_conf()");
    name.switchTo(second.port);
    await expect(vi.waitFor(() => logIn(sessions, "grace"), SOON)).resolves.toBeDefined();
    await second.command("DELETE FROM coatcheck_sessions WHERE user_id = 'ada'");
    const answers = await Promise.all(Array.from({ length: CROWD }, () => sessions.authenticate(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(CROWD).fill("unauthenticated"));

    await vi.waitFor(() => expect(channel).toEqual(["open", "interrupted", "open"]), SOON);
    const direct = new Pool({ connectionString: second.url });
    onTestFinished(() => direct.end());
    const otherStore = await PostgresSessionStore.open({
      pool: direct,
      connectListener: () => connectTo(second.url),
    });
    onTestFinished(() => otherStore.close());
    const other = new SessionManager({ store: otherStore, policy: standardPolicy });
    const { authentication } = await logIn(other, "eve");
    await other.logout(authentication);
    await vi.waitFor(() => expect(heard).toEqual([authentication.session.id]), SOON);
  });
});
