import { missingProgram, RedisServer, TcpSwitch } from "@coatcheck/throwaway-servers";
import { createClient } from "@redis/client";
import { SessionManager } from "coatcheck";
import { ioredisOptions, type RedisClient, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { logIn } from "./support/log-in.ts";

const SOON = { timeout: 8_000, interval: 50 };

/** Each made as docs/choosing-a-store.md says, without a listener of the application's. */
const clients = {
  ioredis: async (url: string) => {
    const client = new Redis(url, ioredisOptions);
    return { client, end: () => client.disconnect() };
  },
  "node-redis": async (url: string) => {
    const client = createClient({ url, disableOfflineQueue: true });
    await client.connect();
    return { client, end: () => client.destroy() };
  },
} satisfies Record<string, (url: string) => Promise<{ client: RedisClient; end: () => void }>>;

describe.skipIf(missingProgram("redis-server")).each(Object.entries(clients))(
  "one name in front of two servers, by %s",
  (_name, connect) => {
    let first: RedisServer;
    let second: RedisServer;
    let name: TcpSwitch;
    let store: RedisSessionStore;
    let sessions: SessionManager;

    beforeEach(async () => {
      [first, second] = await Promise.all([RedisServer.start(), RedisServer.start()]);
      await second.command("REPLICAOF", "127.0.0.1", String(first.port));
      name = await TcpSwitch.start(first.port);
      const { client, end } = await connect(`redis://127.0.0.1:${name.port}`);
      onTestFinished(end);
      store = await RedisSessionStore.open({ client });
      onTestFinished(() => store.close());
      sessions = new SessionManager({ store });
      await vi.waitFor(async () => expect(await second.command("ROLE")).toContain("connected"), SOON);
    });

    afterEach(async () => {
      await name.stop();
      await Promise.all([first.stop(), second.stop()]);
    });

    /** The old primary becomes a replica and closes nothing. */
    async function failOver(): Promise<void> {
      await second.command("REPLICAOF", "NO", "ONE");
      await first.command("REPLICAOF", "127.0.0.1", String(second.port));
      name.switchTo(second.port);
    }

    test("people can log in and out again soon after the old server became a replica", async () => {
      const { token, authentication } = await logIn(sessions, "ada");
      await vi.waitFor(async () => expect(await second.command("KEYS", "*")).not.toBe(""), SOON);
      await failOver();
      await vi.waitFor(() => logIn(sessions, "grace"), SOON);
      await sessions.logout(authentication);
      expect(await sessions.authenticate(token)).toMatchObject({ status: "unauthenticated" });
    });

    test("a node that only reads does not go on reading a server that may lag behind", async () => {
      const { token } = await logIn(sessions, "ada");
      await vi.waitFor(async () => expect(await second.command("KEYS", "*")).not.toBe(""), SOON);
      await failOver();
      // What is written from now on never reaches the old server.
      await first.command("REPLICAOF", "127.0.0.1", "1");
      await second.command("FLUSHALL");
      await vi.waitFor(async () => {
        const { status } = await sessions.authenticate(token);
        expect(status).toBe("unauthenticated");
      }, SOON);
    });

    test("what others end is heard from the new server, and nothing is left with the old one", async () => {
      const heard: string[] = [];
      const channel: string[] = [];
      store.subscribe(
        ({ sessionId }) => heard.push(sessionId),
        (state) => channel.push(state),
      );
      await vi.waitFor(() => expect(channel).toEqual(["open"]), SOON);
      await failOver();
      await vi.waitFor(() => expect(channel).toEqual(["open", "interrupted", "open"]), SOON);
      const direct = new Redis(second.port, ioredisOptions);
      onTestFinished(() => direct.disconnect());
      const other = new SessionManager({ store: await RedisSessionStore.open({ client: direct }) });
      const { authentication } = await logIn(other, "ada");
      await other.logout(authentication);
      await vi.waitFor(() => expect(heard).toEqual([authentication.session.id]), SOON);
      const left = await first.command("CLIENT", "LIST", "TYPE", "normal");
      expect(left.split("\n").filter((line) => line !== "" && !line.includes("cmd=client"))).toEqual([]);
      expect((await first.command("PUBSUB", "NUMSUB", "coatcheck:removed")).trim()).toMatch(/0$/);
    });

    test("a session that was ended just before stays ended, though the new server never heard of it", async () => {
      const { token, authentication } = await logIn(sessions, "ada");
      await vi.waitFor(async () => expect(await second.command("KEYS", "*")).not.toBe(""), SOON);
      await second.command("REPLICAOF", "NO", "ONE");
      await sessions.logout(authentication);
      await first.command("REPLICAOF", "127.0.0.1", String(second.port));
      name.switchTo(second.port);
      await vi.waitFor(() => logIn(sessions, "grace"), SOON);
      expect(await sessions.authenticate(token)).toMatchObject({ status: "unauthenticated" });
    });
  },
);
