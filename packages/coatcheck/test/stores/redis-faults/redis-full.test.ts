import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { SessionManager, standardPolicy } from "coatcheck";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type LoggedIn, logIn } from "./support/log-in.ts";
import { RedisNode } from "./support/redis-node.ts";

const STORE_UNAVAILABLE = { code: "store_unavailable" };
const newClient = (server: RedisServer) => new Redis(server.url, ioredisOptions);

describe.skipIf(missingProgram("redis-server"))("a Redis", () => {
  let server: RedisServer;
  let node: RedisNode;

  beforeEach(async () => {
    server = await RedisServer.start();
    node = await RedisNode.open(newClient(server));
  });

  afterEach(async () => {
    node.close();
    await server.stop();
  });

  describe("whose memory has run out", () => {
    const MEGABYTE = 1_000_000;

    /** Logs users in until Redis has no more memory to give, not even what the buffers of a client leave. */
    async function fillUp(): Promise<readonly LoggedIn[]> {
      await giveMemory((await usedMemory()) + MEGABYTE);
      const logins: LoggedIn[] = [];
      const data = { text: "x".repeat(3_000) };
      const fault = await (async () => {
        for (;;) logins.push(await logIn(node.manager, `user-${logins.length}`, { data }));
      })().catch((error: unknown) => error);
      expect(fault).toMatchObject(STORE_UNAVAILABLE);
      await giveMemory((await usedMemory()) - MEGABYTE / 2);
      return logins;
    }

    async function giveMemory(bytes: number): Promise<void> {
      await server.command("CONFIG", "SET", "maxmemory", String(bytes));
    }

    async function usedMemory(): Promise<number> {
      return Number(/^used_memory:(\d+)/m.exec(await server.command("INFO", "memory"))?.[1]);
    }

    async function statusesOf(logins: readonly LoggedIn[]) {
      const results = await Promise.all(logins.map(({ token }) => node.manager.authenticate(token)));
      return new Set(results.map(({ status }) => status));
    }

    test("it refuses logins, keeps every session, and takes logins again when there is room", async () => {
      const logins = await fillUp();
      expect(logins.length).toBeGreaterThan(50);
      await expect(logIn(node.manager, "late")).rejects.toMatchObject(STORE_UNAVAILABLE);
      await expect(node.manager.checkReadiness()).rejects.toMatchObject(STORE_UNAVAILABLE);
      expect(await node.manager.list("late")).toEqual([]);
      expect(await statusesOf(logins)).toEqual(new Set(["authenticated"]));
      await giveMemory((await usedMemory()) + MEGABYTE);
      await logIn(node.manager, "late");
    });

    test("a login that is refused has evicted no session, and a write that is refused has changed nothing", async () => {
      const policy = { ...standardPolicy, limit: { maximum: 2, whenFull: "evict" } } as const;
      const manager = new SessionManager({ store: node.store, policy });
      const logins = [await logIn(manager, "ada", { data: { visits: 1 } }), await logIn(manager, "ada")];
      await fillUp();
      await expect(logIn(manager, "ada")).rejects.toMatchObject(STORE_UNAVAILABLE);
      expect(await statusesOf(logins)).toEqual(new Set(["authenticated"]));
      expect(await manager.list("ada")).toHaveLength(2);

      const [{ token, authentication }] = logins as [LoggedIn, LoggedIn];
      await expect(manager.replaceData(authentication, { visits: 2 })).rejects.toMatchObject(STORE_UNAVAILABLE);
      expect(await manager.authenticate(token)).toMatchObject({ session: { data: { visits: 1 } } });
    });

    test("logout, revoke and revoke-all work all the same, and are published", async () => {
      const out = await logIn(node.manager, "ada");
      const revoked = await logIn(node.manager, "ada");
      const all = [await logIn(node.manager, "grace"), await logIn(node.manager, "grace")];
      const begun = await node.manager.begin("grace");
      const heard: string[] = [];
      node.store.subscribe(({ sessionId }) => heard.push(sessionId));
      await vi.waitFor(() => expect(node.channel).toEqual(["open"]), { timeout: 15_000 });
      await fillUp();

      await node.manager.logout(out.authentication);
      expect(await node.manager.revoke("ada", revoked.authentication.session.id)).toBe(true);
      expect(await node.manager.revokeAll("grace")).toBe(2);
      const ended = [out, revoked, ...all];
      expect(await statusesOf(ended)).toEqual(new Set(["unauthenticated"]));
      await vi.waitFor(() => expect(heard.sort()).toEqual(ended.map((one) => one.authentication.session.id).sort()), {
        timeout: 15_000,
      });

      await giveMemory((await usedMemory()) + MEGABYTE);
      expect(await node.manager.login(begun)).toEqual({ outcome: "login_overtaken" });
    });
  });

  describe("that would throw sessions away when memory runs out", () => {
    beforeEach(async () => {
      await server.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    });

    test("is refused if that is asked for", async () => {
      const opening = RedisNode.open(newClient(server), { whenEvicting: "refuse" });
      await expect(opening).rejects.toMatchObject({ code: "invalid_configuration" });
    });

    test("is warned of otherwise", async () => {
      const warnings: string[] = [];
      const note = ({ message }: Error) => warnings.push(message);
      process.on("warning", note);
      try {
        (await RedisNode.open(newClient(server), { whenEvicting: "warn" })).close();
        await vi.waitFor(() => expect(warnings).toEqual([expect.stringContaining("allkeys-lru")]), { timeout: 15_000 });
      } finally {
        process.off("warning", note);
      }
    });
  });

  describe("that cannot save to its disk", () => {
    /** Where the file is to go there is a folder: not even root can write there. */
    const obstacle = () => join(server.folder, "dump.rdb");

    async function saveInVain(): Promise<void> {
      await server.command("CONFIG", "SET", "save", "3600 1000000", "stop-writes-on-bgsave-error", "yes");
      await mkdir(join(obstacle(), "in-the-way"), { recursive: true });
      await save("err");
    }

    async function save(outcome: "ok" | "err"): Promise<void> {
      await server.command("BGSAVE");
      await vi.waitFor(
        async () => {
          const info = await server.command("INFO", "persistence");
          expect(info).toContain(`rdb_last_bgsave_status:${outcome}`);
          expect(info).toContain("rdb_bgsave_in_progress:0");
        },
        { timeout: 5_000 },
      );
    }

    test("it changes nothing and pretends nothing, lets the users in be, and recovers with its disk", async () => {
      const { manager } = node;
      const { token, authentication } = await logIn(manager, "ada", { data: { visits: 1 } });
      await saveInVain();
      const writes = [
        () => logIn(manager, "grace"),
        () => manager.replaceData(authentication, { visits: 2 }),
        () => manager.logout(authentication),
        () => manager.revoke("ada", authentication.session.id),
        () => manager.revoke("ada", "never-seen-0"),
        () => manager.revokeAll("ada"),
      ];
      for (const write of writes) await expect(write()).rejects.toMatchObject(STORE_UNAVAILABLE);
      expect(await manager.authenticate(token)).toMatchObject({ session: { data: { visits: 1 } } });
      expect(await manager.list("ada")).toHaveLength(1);
      expect(await manager.list("grace")).toEqual([]);

      await rmdir(join(obstacle(), "in-the-way"));
      await rmdir(obstacle());
      await save("ok");
      await logIn(manager, "grace");
      await manager.logout(authentication);
      expect(await manager.authenticate(token)).toMatchObject({ status: "unauthenticated" });
    });
  });
});
