import { type OptionRule, requireOptions } from "./required-options.ts";

/** The options of an ioredis `Redis` that the store checks. */
export interface IoredisNodeOptions {
  readonly enableOfflineQueue?: boolean | undefined;
  readonly autoResendUnfulfilledCommands?: boolean | undefined;
  readonly enableAutoPipelining?: boolean | undefined;
  readonly keyPrefix?: string | Buffer | undefined;
  readonly readOnly?: boolean | undefined;
  readonly role?: string | undefined;
  readonly stringNumbers?: boolean | undefined;
  readonly monitor?: boolean | undefined;
  readonly retryStrategy?: unknown;
}

/** The options of an ioredis `Cluster` that the store checks. */
export interface IoredisClusterOptions {
  readonly enableOfflineQueue?: boolean | undefined;
  readonly retryDelayOnFailover?: number | undefined;
  readonly enableAutoPipelining?: boolean | undefined;
  readonly keyPrefix?: string | Buffer | undefined;
  readonly scaleReads?: unknown;
  readonly clusterRetryStrategy?: unknown;
  readonly redisOptions?: IoredisNodeOptions | undefined;
}

const LONGEST_PAUSE_MILLISECONDS = 1_000;

/**
 * The options for an ioredis client of the store: a command that cannot be sent fails at once, none is sent twice, and
 * a server that comes back is found within a second. `new Redis(url, ioredisOptions)`.
 */
export const ioredisOptions: {
  readonly enableOfflineQueue: false;
  readonly autoResendUnfulfilledCommands: false;
  readonly retryStrategy: (attempts: number) => number;
} = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  // With a random part, so that a server that comes back is not flooded.
  retryStrategy: (attempts) => Math.min(LONGEST_PAUSE_MILLISECONDS, attempts * 50) * (0.5 + Math.random() / 2),
};

/**
 * The options for a cluster: `new Cluster(nodes, { ...ioredisClusterOptions })`. Put a password into `redisOptions`.
 */
export const ioredisClusterOptions = {
  enableOfflineQueue: false,
  retryDelayOnFailover: 0,
  redisOptions: { autoResendUnfulfilledCommands: false },
} as const;

const NO_PIPELINING = "leave it out, because a lost connection then ends the process";
const NO_PREFIX = "leave it out and give the store its own `prefix`, because the sweep would find nothing";
const NO_REPLICA = "leave it out, because what a replica answers is out of date";
const NO_TEXTS = "leave it out, because the store counts with the numbers that the server answers";
const CONNECT_AGAIN = "leave it out or give a function, because the client would never connect again";

const nodeRules: readonly OptionRule<IoredisNodeOptions>[] = [
  ["enableAutoPipelining", (options) => !options.enableAutoPipelining, NO_PIPELINING],
  ["keyPrefix", (options) => isEmpty(options.keyPrefix), NO_PREFIX],
  ["readOnly", (options) => !options.readOnly, NO_REPLICA],
  ["role", (options) => (options.role ?? "master") === "master", NO_REPLICA],
  ["stringNumbers", (options) => !options.stringNumbers, NO_TEXTS],
  ["monitor", (options) => !options.monitor, "leave it out, because such a client takes no commands"],
];

const resending = "it keeps commands for later, or sends them again; make it with the options in";

/** @throws CoatcheckError `invalid_configuration` */
export function requireNodeOptions(options: IoredisNodeOptions): void {
  requireOptions("ioredis client", options, [
    ["enableOfflineQueue", ({ enableOfflineQueue }) => enableOfflineQueue === false, `${resending} ioredisOptions`],
    [
      "autoResendUnfulfilledCommands",
      ({ autoResendUnfulfilledCommands }) => autoResendUnfulfilledCommands === false,
      `${resending} ioredisOptions`,
    ],
    ["retryStrategy", ({ retryStrategy }) => typeof retryStrategy === "function", CONNECT_AGAIN],
    ...nodeRules,
  ]);
}

/** @throws CoatcheckError `invalid_configuration` */
export function requireClusterOptions(options: IoredisClusterOptions): void {
  const instead = `${resending} ioredisClusterOptions`;
  requireOptions("ioredis cluster", options, [
    ["enableOfflineQueue", ({ enableOfflineQueue }) => enableOfflineQueue === false, instead],
    ["retryDelayOnFailover", ({ retryDelayOnFailover }) => retryDelayOnFailover === 0, instead],
    [
      "redisOptions.autoResendUnfulfilledCommands",
      ({ redisOptions }) => redisOptions?.autoResendUnfulfilledCommands === false,
      instead,
    ],
    ["enableAutoPipelining", ({ enableAutoPipelining }) => !enableAutoPipelining, NO_PIPELINING],
    ["keyPrefix", ({ keyPrefix }) => isEmpty(keyPrefix), NO_PREFIX],
    ["scaleReads", ({ scaleReads }) => (scaleReads ?? "master") === "master", NO_REPLICA],
    ["clusterRetryStrategy", ({ clusterRetryStrategy }) => typeof clusterRetryStrategy === "function", CONNECT_AGAIN],
  ]);
  requireOptions("ioredis cluster's redisOptions", options.redisOptions ?? {}, nodeRules);
}

function isEmpty(prefix: string | Buffer | undefined): boolean {
  return prefix === undefined || prefix.length === 0;
}
