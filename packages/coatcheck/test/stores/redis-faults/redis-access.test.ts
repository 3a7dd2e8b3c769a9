import { missingProgram, RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { logIn } from "./support/log-in.ts";
import { RedisNode } from "./support/redis-node.ts";

const STORE_UNAVAILABLE = { code: "store_unavailable" };

/** All that a user of Redis needs for the store, INFO aside: it tells how Redis evicts, and how old it is. */
const COMMANDS = [
  "+evalsha",
  "+eval",
  "+time",
  "+hget",
  "+hgetall",
  "+hset",
  "+hdel",
  "+pttl",
  "+pexpire",
  "+scan",
  "+publish",
  "+subscribe",
  "+ping",
];
const KEYS_AND_CHANNEL = ["~coatcheck:*", "resetchannels", "&coatcheck:*"];

describe.skipIf(missingProgram("redis-server"))("a Redis", () => {
  let server: RedisServer;
  let opened: RedisNode[];

  beforeEach(async () => {
    server = await RedisServer.start();
    opened = [];
  });

  afterEach(async () => {
    for (const node of opened) node.close();
    await server.stop();
  });

  async function open(options: { readonly url?: string; readonly username?: string } = {}): Promise<RedisNode> {
    const { url = server.url, username } = options;
    const user = username === undefined ? {} : { username, password: "secret", enableReadyCheck: false };
    const node = await RedisNode.open(new Redis(url, { ...ioredisOptions, ...user }));
    opened.push(node);
    return node;
  }

  async function createUser(username: string, ...rules: string[]): Promise<void> {
    await server.command("ACL", "SETUSER", username, "reset", "on", ">secret", ...KEYS_AND_CHANNEL, ...rules);
  }

  async function doEverything({ manager, store, channel }: RedisNode): Promise<void> {
    const heard: string[] = [];
    store.subscribe(({ sessionId }) => heard.push(sessionId));
    await vi.waitFor(() => expect(channel).toEqual(["open"]), { timeout: 15_000 });
    const [first, second] = [await logIn(manager, "ada"), await logIn(manager, "ada")];
    const accepted = await manager.authenticate(first.token);
    if (accepted.status !== "authenticated") throw new Error(`The token is ${accepted.reason}.`);
    expect(await manager.replaceData(accepted, { visits: 1 })).toBe(true);
    expect(await manager.list("ada")).toHaveLength(2);
    await manager.logout(accepted);
    expect(await manager.revokeAll("ada")).toBe(1);
    expect(await manager.removeExpired()).toBe(0);
    const ids = [first, second].map(({ authentication }) => authentication.session.id);
    await vi.waitFor(() => expect(heard).toEqual(ids), { timeout: 15_000 });
  }

  test("lets a user work who may do what the store does, and nothing else", async () => {
    await createUser("store", "+info", ...COMMANDS);
    await doEverything(await open({ username: "store" }));
  });

  test("lets a user work who may not ask for INFO", async () => {
    await createUser("store", ...COMMANDS);
    await doEverything(await open({ username: "store" }));
  });

  test("says by the first message what its user may not do", async () => {
    await createUser("store", "+info", ...COMMANDS.filter((command) => !command.startsWith("+eval")));
    await expect(open({ username: "store" })).rejects.toMatchObject({
      ...STORE_UNAVAILABLE,
      message: expect.stringMatching(/NOPERM.*evalsha/i),
    });
  });

  describe("that is a replica, and may not write", () => {
    let primary: RedisServer;

    beforeEach(async () => {
      primary = server;
      server = await RedisServer.start({ arguments: ["--replicaof", "127.0.0.1", String(primary.port)] });
    });

    afterEach(() => primary.stop());

    for (const [who, username] of [
      ["a user who may ask for INFO", undefined],
      ["a user who may not", "store"],
    ] as const) {
      test(`fails every call of ${who} that would write, and pretends nothing`, async () => {
        await createUser("store", ...COMMANDS);
        const writer = await open({ url: primary.url });
        const { token, authentication } = await logIn(writer.manager, "ada");
        const { id } = authentication.session;
        const { manager } = await open(username === undefined ? {} : { username });
        await vi.waitFor(
          async () => {
            expect(await manager.authenticate(token)).toMatchObject({ status: "authenticated" });
          },
          { timeout: 15_000 },
        );
        const calls = [
          () => logIn(manager, "grace"),
          () => manager.replaceData(authentication, { visits: 1 }),
          () => manager.logout(authentication),
          () => manager.revoke("ada", id),
          // Absent here, as it would be on a replica that lags behind: that says nothing.
          () => manager.revoke("ada", "never-seen-0"),
          () => manager.revokeAll("ada"),
          () => manager.revokeAll("grace"),
        ];
        for (const call of calls) await expect(call()).rejects.toMatchObject(STORE_UNAVAILABLE);
        expect(await writer.manager.list("ada")).toHaveLength(1);
        expect(await writer.manager.authenticate(token)).toMatchObject({ status: "authenticated" });
      });
    }
  });
});
