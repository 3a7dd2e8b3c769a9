import { type Clock, SessionManager, standardPolicy } from "coatcheck";
import type { ChannelState } from "coatcheck/store";
import { type RedisClient, RedisSessionStore, type RedisSessionStoreOptions } from "coatcheck/stores/redis";

/** A client of ioredis, of one server or of a cluster, as far as tests use it besides the store. */
type FaultyClient = RedisClient & {
  on(event: "error", listener: () => void): unknown;
  disconnect(): void;
};

export interface RedisNodeOptions extends Omit<RedisSessionStoreOptions, "client"> {
  /** The clock of the machine that the node runs on. */
  readonly clock?: Clock;
}

/** Far more than a load begins for one user: what is gone was then not evicted. */
const LIMIT = { maximum: 1_000, whenFull: "evict" } as const;
const DEADLINE_MILLISECONDS = 2_000;

/** RedisNode is one process of several in front of a Redis: with a client, a store and a manager of its own. */
export class RedisNode {
  readonly store: RedisSessionStore;
  readonly manager: SessionManager;
  readonly deadlineMilliseconds: number;
  /** What the store's channel was said to be worth, in order. */
  readonly channel: ChannelState[] = [];
  readonly #client: FaultyClient;

  static async open(client: FaultyClient, options: RedisNodeOptions = {}): Promise<RedisNode> {
    // Without a listener, each lost connection would be printed.
    client.on("error", () => {});
    const { clock, ...storeOptions } = options;
    try {
      const store = await RedisSessionStore.open({ client, ...storeOptions });
      const manager = new SessionManager({
        store,
        policy: { ...standardPolicy, limit: LIMIT },
        ...(clock && { clock }),
      });
      return new RedisNode(client, store, manager, options.deadlineMilliseconds ?? DEADLINE_MILLISECONDS);
    } catch (error) {
      client.disconnect();
      throw error;
    }
  }

  private constructor(
    client: FaultyClient,
    store: RedisSessionStore,
    manager: SessionManager,
    deadlineMilliseconds: number,
  ) {
    this.#client = client;
    this.store = store;
    this.manager = manager;
    this.deadlineMilliseconds = deadlineMilliseconds;
    store.subscribe(
      () => {},
      (state) => this.channel.push(state),
    );
  }

  close(): void {
    this.store.close();
    this.#client.disconnect();
  }
}

/** RedisNodes are two nodes, each by a client of its own, and those that join them later. */
export class RedisNodes {
  readonly first: RedisNode;
  readonly second: RedisNode;
  readonly #joined: RedisNode[] = [];
  readonly #newNode: () => Promise<RedisNode>;

  static async open(
    newClient: () => FaultyClient,
    options: RedisNodeOptions = {},
    optionsOfSecond: RedisNodeOptions = options,
  ): Promise<RedisNodes> {
    const newNode = () => RedisNode.open(newClient(), options);
    return new RedisNodes(await newNode(), await RedisNode.open(newClient(), optionsOfSecond), newNode);
  }

  private constructor(first: RedisNode, second: RedisNode, newNode: () => Promise<RedisNode>) {
    this.first = first;
    this.second = second;
    this.#newNode = newNode;
  }

  get all(): readonly RedisNode[] {
    return [this.first, this.second, ...this.#joined];
  }

  /** Opens one more: it remembers nothing, and knows what Redis knows. */
  async join(): Promise<RedisNode> {
    const node = await this.#newNode();
    this.#joined.push(node);
    return node;
  }

  close(): void {
    for (const node of this.all) node.close();
  }
}
