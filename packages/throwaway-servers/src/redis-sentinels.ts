import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Address, addressesOf, hostList } from "./addresses.ts";
import { RedisServer, redisCommand } from "./redis-server.ts";
import { ThrowawayServer } from "./throwaway-server.ts";
import { waitUntil } from "./wait-until.ts";

const MASTER_NAME = "coatcheck";
const SENTINELS = 3;
const QUORUM = 2;

/** A Redis with one replica, watched by three Sentinels: two of them, after a second, replace a master that is gone. */
export class RedisSentinels {
  readonly masterName = MASTER_NAME;
  /** The Redis that was the master at first, and its replica. */
  readonly servers: readonly RedisServer[];
  readonly #sentinels: readonly ThrowawayServer[];

  static async start(): Promise<RedisSentinels> {
    const master = await RedisServer.start();
    const replica = await RedisServer.start({ arguments: ["--replicaof", "127.0.0.1", String(master.port)] });
    const starts = Array.from({ length: SENTINELS }, () => startSentinel(master));
    const sentinels = new RedisSentinels([master, replica], await Promise.all(starts));
    try {
      await sentinels.#acquaint();
    } catch (error) {
      await sentinels.stop();
      throw error;
    }
    return sentinels;
  }

  private constructor(servers: readonly RedisServer[], sentinels: readonly ThrowawayServer[]) {
    this.servers = servers;
    this.#sentinels = sentinels;
  }

  get addresses(): readonly Address[] {
    return addressesOf(this.#sentinels);
  }

  get url(): string {
    return `redis-sentinel://${hostList(this.#sentinels)}/${MASTER_NAME}`;
  }

  /** The master now, once every Sentinel names the same one. */
  async master(): Promise<RedisServer> {
    let master: RedisServer | undefined;
    await waitUntil("the Sentinels to agree on a master", async () => {
      const answers = await Promise.all(
        this.#sentinels.map(({ port }) => redisCommand(port, ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME])),
      );
      const [port, ...others] = new Set(answers.map((answer) => Number(answer.split("\n")[1])));
      master = others.length === 0 ? this.servers.find((server) => server.port === port) : undefined;
      return master !== undefined;
    });
    if (master === undefined) throw new Error("The Sentinels name a master that is none of the servers.");
    return master;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#sentinels, ...this.servers].map((server) => server.stop()));
  }

  /** Before each knows the others and the replica, and that is in sync, they could not fail over. */
  async #acquaint(): Promise<void> {
    for (const { port } of this.#sentinels) {
      await waitUntil("the Sentinels to know of each other", async () => {
        const info = await redisCommand(port, ["INFO", "sentinel"]);
        return info.includes(`status=ok`) && info.includes(`slaves=${this.servers.length - 1},sentinels=${SENTINELS}`);
      });
    }
    await waitUntil("the replica to be in sync", async () => {
      const [, replica] = this.servers;
      return (await replica?.command("INFO", "replication"))?.includes("master_link_status:up") ?? false;
    });
  }
}

function startSentinel(master: RedisServer): Promise<ThrowawayServer> {
  return ThrowawayServer.start({
    program: "redis-server",
    readyMessage: "+monitor master",
    stopSignal: "SIGKILL",
    prepare: (folder, port) => writeFile(configuration(folder), sentinelConfiguration(port, master)),
    programArguments: (folder) => [configuration(folder), "--sentinel"],
  });
}

/** A Sentinel rewrites the file: what it finds out is in there after a restart. */
function configuration(folder: string): string {
  return join(folder, "sentinel.conf");
}

function sentinelConfiguration(port: number, master: RedisServer): string {
  return `
port ${port}
bind 127.0.0.1
sentinel monitor ${MASTER_NAME} 127.0.0.1 ${master.port} ${QUORUM}
sentinel down-after-milliseconds ${MASTER_NAME} 1000
sentinel failover-timeout ${MASTER_NAME} 3000
`;
}
