/** Sessions in Redis 6.2 or later or Valkey, over ioredis or node-redis: one server, Sentinel or a cluster. @module */

import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { BoundedCalls } from "../core/bounded-calls.ts";
import type { Clock } from "../core/clock.ts";
import { RemovalChannel } from "../core/removal-channel.ts";
import type {
  EndReason,
  RemovedSession,
  SessionChange,
  SessionRecord,
  SessionReference,
} from "../core/session-record.ts";
import type {
  ChannelListener,
  FenceReading,
  InsertOutcome,
  RemovalListener,
  SessionLimit,
  SessionStore,
} from "../core/session-store.ts";
import { withReason } from "../core/startup-fault.ts";
import { CoatcheckError } from "../errors.ts";
import { RedisExpirySweep } from "./redis/expiry-sweep.ts";
import { RedisPrimaryWatch } from "./redis/primary-watch.ts";
import { packChange, packRecord, unpackRecord } from "./redis/record-codec.ts";
import { connectionOf } from "./redis/redis-client.ts";
import type { CommandWord, RedisConnection } from "./redis/redis-connection.ts";
import { redisRemovalSource } from "./redis/removal-source.ts";
import { ScriptRunner } from "./redis/script-runner.ts";
import type { ScriptName } from "./redis/scripts.ts";
import { knowsScriptFlags, readServerInfo, type ServerInfo } from "./redis/server-info.ts";
import { type RedisSessionStoreOptions, requireStoreOptions } from "./redis/store-options.ts";

export type { IoredisClient, IoredisCluster } from "./redis/ioredis-connection.ts";
export { ioredisClusterOptions, ioredisOptions } from "./redis/ioredis-options.ts";
export type { NodeRedisClient, NodeRedisCluster } from "./redis/node-redis-connection.ts";
export type { NodeRedisSentinel } from "./redis/node-redis-sentinel-connection.ts";
export type { RedisClient } from "./redis/redis-client.ts";
export type { RedisSessionStoreOptions } from "./redis/store-options.ts";

interface OpenParts {
  readonly connection: RedisConnection;
  readonly calls: BoundedCalls;
  readonly watch: RedisPrimaryWatch;
  readonly prefix: string;
  readonly stopHearing: () => void;
}

interface StoreParts extends OpenParts {
  readonly scripts: ScriptRunner;
  readonly testClock: Clock | null;
}

/** The key of no user: it has the length of a key and says what it is for. Reading its fence writes nothing. */
const PROBED_USER_KEY = "is-the-server-ready-";
const RETRIES = 20;
const RETRY_MILLISECONDS = 50;

/**
 * RedisSessionStore keeps sessions in Redis 6.2 or later, or Valkey: one hash per user, so that the servers of a
 * cluster need not coordinate. Every step that reads and writes is a script, which Redis runs as one command.
 */
export class RedisSessionStore implements SessionStore {
  readonly #connection: RedisConnection;
  readonly #calls: BoundedCalls;
  readonly #prefix: string;
  readonly #channelName: string;
  readonly #scripts: ScriptRunner;
  readonly #channel: RemovalChannel;
  readonly #sweep: RedisExpirySweep;
  readonly #testClock: Clock | null;
  readonly #watch: RedisPrimaryWatch;
  readonly #stopHearing: () => void;

  /**
   * Waits until the server answers, and checks that it is fit to keep sessions.
   *
   * @throws CoatcheckError `invalid_configuration`, `store_unavailable`
   */
  static async open(options: RedisSessionStoreOptions): Promise<RedisSessionStore> {
    requireStoreOptions(options);
    const { prefix = "coatcheck:" } = options;
    const connection = connectionOf(options.client);
    const watch = new RedisPrimaryWatch(connection, prefix + PROBED_USER_KEY);
    const calls = new BoundedCalls("Redis", options, {
      // A connection that answers nothing within the deadline may be dead without having been closed.
      onSilence: () => watch.reconnect(),
      onFault: (error) => watch.noteFault(error),
    });
    // Each failing call reports its reason. Without a listener, an error of the client would end the process.
    const stopHearing = connection.hearErrors(() => {});
    try {
      return await withReason(RedisSessionStore.#openOn({ connection, calls, watch, prefix, stopHearing }, options));
    } catch (error) {
      watch.close();
      stopHearing();
      throw error;
    }
  }

  static async #openOn(parts: OpenParts, options: RedisSessionStoreOptions): Promise<RedisSessionStore> {
    const { connection, calls } = parts;
    const facts = await calls.run(() => onceConnected(() => factsOf(connection)));
    const evicting = facts.find((server) => server !== null && server.maxmemoryPolicy !== "noeviction");
    if (evicting) {
      const text = `Redis throws sessions away when memory runs out: maxmemory-policy is ${evicting.maxmemoryPolicy}, and must be noeviction.`;
      if (options.whenEvicting === "refuse") throw new CoatcheckError("invalid_configuration", text);
      process.emitWarning(text);
    }
    const scripts = new ScriptRunner(connection, {
      serverKnowsFlags: facts.every((server) => server !== null && knowsScriptFlags(server)),
    });
    const store = new RedisSessionStore({ ...parts, scripts, testClock: options.testClock ?? null });
    // A server that is not ready yet already answers INFO. A login begins with this command, so it tells more.
    await onceConnected(() => store.readFence(PROBED_USER_KEY));
    return store;
  }

  private constructor({ connection, calls, watch, scripts, prefix, stopHearing, testClock }: StoreParts) {
    this.#connection = connection;
    this.#calls = calls;
    this.#prefix = prefix;
    this.#channelName = `${prefix}removed`;
    this.#scripts = scripts;
    this.#watch = watch;
    this.#stopHearing = stopHearing;
    this.#channel = new RemovalChannel(redisRemovalSource({ connection, channel: this.#channelName, calls, watch }));
    this.#sweep = new RedisExpirySweep({
      connection,
      calls,
      prefix,
      sweepKey: (key, limit) => this.#sweepKey(key, limit),
    });
    this.#testClock = testClock;
  }

  async readFence(userKey: string): Promise<FenceReading> {
    const [readAt, fence] = texts(await this.#run("readFence", userKey, []));
    return { fence: fence || null, readAt: Number(readAt) };
  }

  async insert(
    record: SessionRecord,
    reading: FenceReading,
    limit: SessionLimit,
    options: { readonly replaces?: string } = {},
  ): Promise<InsertOutcome> {
    const { userKey, sessionId } = record;
    const reply = texts(
      await this.#run("insert", userKey, [
        sessionId,
        packRecord({ ...record, version: 1 }),
        reading.fence ?? "",
        String(reading.readAt),
        String(limit.maximum),
        limit.whenFull,
        options.replaces ?? "",
      ]),
    );
    const outcome = reply[0] as InsertOutcome["outcome"];
    return outcome === "inserted" ? { outcome, removed: removedIn(userKey, reply) } : { outcome };
  }

  async find(reference: SessionReference): Promise<SessionRecord | null> {
    const key = this.#prefix + reference.userKey;
    const packed = await this.#calls.run(() => this.#connection.send(key, ["HGET", key, reference.sessionId]));
    return packed === null ? null : unpackRecord(reference, packed as Buffer);
  }

  async update(reference: SessionReference, change: SessionChange, expectedVersion: number): Promise<boolean> {
    const { current, pending, grace, methods, data } = packChange(change);
    const updated = await this.#run("update", reference.userKey, [
      reference.sessionId,
      String(expectedVersion),
      String(change.lastSeenAt ?? ""),
      String(change.idleDeadline ?? ""),
      String(change.absoluteDeadline ?? ""),
      current,
      pending,
      grace,
      methods,
      data,
    ]);
    return updated === 1;
  }

  async delete(reference: SessionReference, reason: EndReason): Promise<RemovedSession | null> {
    const { userKey, sessionId } = reference;
    const [removed] = removedIn(userKey, texts(await this.#run("remove", userKey, [sessionId, reason])));
    return removed ?? null;
  }

  async deleteByUser(
    userKey: string,
    reason: EndReason,
    options: { readonly except?: string; readonly isProbe?: boolean } = {},
  ): Promise<readonly RemovedSession[]> {
    const fence = randomBytes(12).toString("base64url");
    const script = options.isProbe ? "probe" : "removeAll";
    const reply = await this.#run(script, userKey, [fence, reason, options.except ?? ""]);
    return removedIn(userKey, texts(reply));
  }

  async listByUser(userKey: string): Promise<readonly SessionRecord[]> {
    const fields = (await this.#run("list", userKey, [])) as readonly Buffer[];
    return inGroupsOf(2, fields).map(([sessionId, packed]) =>
      unpackRecord({ userKey, sessionId: String(sessionId) }, packed as Buffer),
    );
  }

  /**
   * Reads all keys: call it once an hour rather than once a minute. Redis itself frees the keys of users without live
   * sessions, without an announcement. This call finds sessions that expired beside live ones, and publishes their
   * removal.
   */
  deleteExpired(limit: number): Promise<readonly RemovedSession[]> {
    return this.#sweep.run(limit);
  }

  subscribe(listener: RemovalListener, onChannel?: ChannelListener): () => void {
    return this.#channel.subscribe(listener, onChannel);
  }

  /** Ends all subscriptions. The client stays open: it belongs to the caller, and so do its errors from now on. */
  close(): void {
    this.#channel.close();
    this.#watch.close();
    this.#stopHearing();
  }

  #run(script: ScriptName, userKey: string, words: readonly CommandWord[]): Promise<unknown> {
    const testTime = this.#testClock === null ? "" : String(this.#testClock.now());
    const everyWord = [this.#channelName, userKey, testTime, ...words];
    return this.#calls.run(() => this.#scripts.run(script, this.#prefix + userKey, everyWord));
  }

  async #sweepKey(key: string, limit: number): Promise<readonly RemovedSession[]> {
    const userKey = key.slice(this.#prefix.length);
    return removedIn(userKey, texts(await this.#run("sweep", userKey, [String(limit)])));
  }
}

async function factsOf(connection: RedisConnection): Promise<readonly (ServerInfo | null)[]> {
  return Promise.all((await connection.primaries()).map(readServerInfo));
}

/** A client that is still connecting refuses commands, so this asks again for up to a second. */
async function onceConnected<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (retries >= RETRIES) throw error;
      await pause(RETRY_MILLISECONDS);
    }
  }
}

/** Reads the reply of a script: an outcome, then a session id, a reason and a user id for each session. */
function removedIn(userKey: string, reply: readonly string[]): readonly RemovedSession[] {
  return inGroupsOf(3, reply.slice(1)).map(([sessionId = "", reason = "", userId = ""]) => ({
    userKey,
    sessionId,
    userId,
    reason: reason as EndReason,
  }));
}

function texts(reply: unknown): readonly string[] {
  return (reply as readonly Buffer[]).map(String);
}

function inGroupsOf<Item>(size: number, items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: items.length / size }, (_, index) => items.slice(index * size, (index + 1) * size));
}
