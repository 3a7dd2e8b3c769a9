import type { Clock } from "../../core/clock.ts";
import { refuseUnknownOptions, requireChoice } from "../../core/known-options.ts";
import { forgottenWord, kindOf } from "../../core/written-value.ts";
import { CoatcheckError } from "../../errors.ts";
import type { RedisClient } from "./redis-client.ts";

/** The connection to Redis, and how long the store waits. */
export interface RedisSessionStoreOptions {
  /**
   * An ioredis or node-redis client: of one server, one behind Sentinel, or a cluster. It must neither keep commands
   * for later nor send them twice: see `ioredisOptions`; for node-redis, `disableOfflineQueue: true` (a cluster takes
   * it in `defaults`), and behind Sentinel `maxCommandRediscovers: 0`. Preferably a client that nothing else uses,
   * because the store makes it reconnect if it gets no answer within the deadline, or if the server is no longer a
   * primary. The store listens to its errors until it is closed.
   */
  readonly client: RedisClient;
  /** Precedes every key and the channel's name; "coatcheck:" by default. Separates applications on one server. */
  readonly prefix?: string;
  /** How long a call may take before it fails with `store_unavailable`; 2,000 by default. */
  readonly deadlineMilliseconds?: number;
  /** How many calls may be pending before further ones fail at once; 10,000 by default. */
  readonly maximumInFlight?: number;
  /**
   * The reaction to a server that drops sessions when memory runs out (`maxmemory-policy` other than `noeviction`),
   * which would sign users out and forget fences. "warn", the default, or "refuse" to open.
   */
  readonly whenEvicting?: "warn" | "refuse";
  /** For tests only. By default the server's clock counts, which is the same for every process. */
  readonly testClock?: Clock;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof RedisSessionStoreOptions>([
  "client",
  "prefix",
  "deadlineMilliseconds",
  "maximumInFlight",
  "whenEvicting",
  "testClock",
]);

/** @throws CoatcheckError `invalid_configuration` */
export function requireStoreOptions(options: RedisSessionStoreOptions): void {
  refuseUnknownOptions("A RedisSessionStore", options, OPTIONS);
  requireClient(options.client);
  const { prefix = "coatcheck:" } = options;
  requireChoice("whenEvicting", options.whenEvicting, ["warn", "refuse"]);
  if (typeof prefix !== "string")
    throw new CoatcheckError("invalid_configuration", 'The prefix is text, such as "shop:".');
  if (/[{}]/.test(prefix)) {
    throw new CoatcheckError("invalid_configuration", "The prefix must hold no braces: they would crowd one slot.");
  }
}

function requireClient(client: unknown): void {
  const given = Object(client) as { readonly callBuffer?: unknown; readonly sendCommand?: unknown };
  if (typeof given.callBuffer === "function" || typeof given.sendCommand === "function") return;
  // Not the URL itself, which may contain a password.
  const write = "client: new Redis(url, ioredisOptions), or that of createClient({ url, disableOfflineQueue: true })";
  const message = `client is one of ioredis or node-redis, not ${kindOf(client)}: write ${write}.`;
  throw new CoatcheckError("invalid_configuration", message + forgottenWord(client));
}
