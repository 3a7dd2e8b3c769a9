import { type Address, addressesOf, hostList } from "./addresses.ts";
import { programPath } from "./programs.ts";
import { RedisServer } from "./redis-server.ts";
import { runProgram } from "./run-program.ts";
import { waitUntil } from "./wait-until.ts";

export interface RedisClusterOptions {
  /** 3 by default, which is the fewest. */
  readonly masters?: number;
  readonly replicasPerMaster?: number;
  /** Arguments of each redis-server. A node counts as failed after `["--cluster-node-timeout", "2000"]`. */
  readonly arguments?: readonly string[];
}

/** A Redis Cluster of its own, whose slots are all served and whose replicas have caught up. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  static async start(options: RedisClusterOptions = {}): Promise<RedisCluster> {
    const { masters = 3, replicasPerMaster = 1, arguments: given = [] } = options;
    const nodeArguments = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", ...given];
    const starts = Array.from({ length: masters * (1 + replicasPerMaster) }, () =>
      RedisServer.start({ arguments: nodeArguments }),
    );
    const cluster = new RedisCluster(await Promise.all(starts));
    try {
      await cluster.#join(replicasPerMaster);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  get addresses(): readonly Address[] {
    return addressesOf(this.nodes);
  }

  get url(): string {
    return `redis-cluster://${hostList(this.nodes)}`;
  }

  /** The masters now, by the word of the first node that answers. Another one may know of a failover sooner. */
  async masters(): Promise<readonly RedisServer[]> {
    const node = this.nodes.find(({ answers }) => answers);
    if (node === undefined) throw new Error("No node of the cluster answers.");
    const lines = (await node.command("CLUSTER", "NODES")).split("\n").map((line) => line.split(" "));
    const ports = lines.filter(isServingMaster).map(([, address]) => Number(/:(\d+)@/.exec(address ?? "")?.[1]));
    return this.nodes.filter(({ port }) => ports.includes(port));
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async #join(replicasPerMaster: number): Promise<void> {
    const hosts = this.addresses.map(({ host, port }) => `${host}:${port}`);
    const replicas = ["--cluster-replicas", String(replicasPerMaster), "--cluster-yes"];
    await runProgram(programPath("redis-cli"), ["--cluster", "create", ...hosts, ...replicas]);
    for (const node of this.nodes) await waitUntil("the cluster's nodes to be ready", () => isReady(node));
  }
}

function isServingMaster([, , flags = "", , , , , , slots]: readonly string[]): boolean {
  const names = flags.split(",");
  return names.includes("master") && !names.includes("fail") && slots !== undefined;
}

async function isReady(node: RedisServer): Promise<boolean> {
  const state = await node.command("CLUSTER", "INFO");
  const replication = await node.command("INFO", "replication");
  const caughtUp = replication.includes("role:master") || replication.includes("master_link_status:up");
  return state.includes("cluster_state:ok") && caughtUp;
}
