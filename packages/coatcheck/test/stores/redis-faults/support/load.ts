import { setTimeout as pause } from "node:timers/promises";
import { vi } from "vitest";
import { type Attempt, History, isAcknowledged, type TrackedSession } from "./history.ts";
import type { RedisNode, RedisNodes } from "./redis-node.ts";

const USERS = 20;
const WORKERS_PER_NODE = 6;
const SESSIONS_IN_PLAY = 8;
/** Between the calls of a worker: a server that refuses at once must not be asked without end. */
const PACE_MILLISECONDS = 4;
/** Longer than it takes a busy machine to agree on a new master. */
const PROGRESS_TIMEOUT_MILLISECONDS = 60_000;

/** Load logs users in and out at several nodes, all at once, for as long as a fault lasts. */
export class Load {
  readonly history = new History();
  readonly #nodes: readonly RedisNode[];
  /** The latest sessions of each user, among which calls choose: some of them live, some revoked. */
  readonly #byUser = new Map<string, TrackedSession[]>();
  readonly #workers: readonly Promise<void>[];
  #isOver = false;
  #nextValue = 1;

  constructor(nodes: RedisNodes) {
    this.#nodes = nodes.all;
    this.#workers = nodes.all.flatMap((node) => Array.from({ length: WORKERS_PER_NODE }, () => this.#work(node)));
  }

  /** Waits until every node has begun so many more logins from now on: no node can do that without the server. */
  async progress(logins = 40): Promise<void> {
    await this.#count("begun", logins, (attempt) => attempt.what === "begin" && isAcknowledged(attempt));
  }

  /** Waits until every node has had so many more calls fail. */
  async failures(calls: number): Promise<void> {
    await this.#count("failed", calls, ({ fault }) => fault !== undefined);
  }

  async stop(): Promise<History> {
    this.#isOver = true;
    await Promise.all(this.#workers);
    return this.history;
  }

  async #count(outcome: string, calls: number, counts: (attempt: Attempt) => boolean): Promise<void> {
    const now = performance.now();
    await vi.waitFor(
      () => {
        const since = this.history.attempts.filter((attempt) => attempt.startedAt > now && counts(attempt));
        for (const node of this.#nodes) {
          const count = since.filter((attempt) => attempt.node === node).length;
          if (count < calls) throw new Error(`Of ${calls} calls ${count} ${outcome} at a node.`);
        }
      },
      { timeout: PROGRESS_TIMEOUT_MILLISECONDS, interval: 50 },
    );
  }

  async #work(node: RedisNode): Promise<void> {
    while (!this.#isOver) {
      await this.#step(node, `user-${Math.floor(Math.random() * USERS)}`);
      await pause(PACE_MILLISECONDS);
    }
  }

  async #step(node: RedisNode, userId: string): Promise<void> {
    const session = oneOf(this.#sessionsOf(userId));
    const chance = Math.random();
    if (session === undefined || chance < 0.25) return this.#login(node, userId);
    if (chance < 0.7) return this.#use(node, session);
    if (chance < 0.95) return this.#end(node, session);
    return this.#endAll(node, userId);
  }

  #sessionsOf(userId: string): readonly TrackedSession[] {
    return this.#byUser.get(userId)?.slice(-SESSIONS_IN_PLAY) ?? [];
  }

  async #login(node: RedisNode, userId: string): Promise<void> {
    const { attempt: begin, result: begun } = await this.history.note(node, "begin", () => node.manager.begin(userId));
    if (begun === null) return;
    const { result } = await this.history.note(node, "login", () => node.manager.login(begun));
    if (result?.outcome !== "logged_in") return;
    const { id } = result.authentication.session;
    const session = { id, userId, token: result.token, begin, endings: [], writes: [], sightings: [] };
    this.history.sessions.push(session);
    this.#byUser.set(userId, [...this.#sessionsOf(userId), session]);
  }

  async #use(node: RedisNode, session: TrackedSession): Promise<void> {
    const authentication = await look(this.history, node, session);
    if (authentication === null || Math.random() < 0.6) return;
    const value = this.#nextValue++;
    const write = () => node.manager.replaceData(authentication, { value });
    const { attempt, result } = await this.history.note(node, "write", write);
    // Refused, as the session was gone by then: that is no write.
    if (result !== false) session.writes.push({ ...attempt, value });
  }

  async #end(node: RedisNode, session: TrackedSession): Promise<void> {
    if (Math.random() < 0.5) {
      const revoke = () => node.manager.revoke(session.userId, session.id);
      session.endings.push((await this.history.note(node, "revoke", revoke)).attempt);
      return;
    }
    const authentication = await look(this.history, node, session);
    if (authentication === null) return;
    const { attempt } = await this.history.note(node, "logout", () => node.manager.logout(authentication));
    session.endings.push(attempt);
  }

  async #endAll(node: RedisNode, userId: string): Promise<void> {
    const { attempt } = await this.history.note(node, "revoke all", () => node.manager.revokeAll(userId));
    this.history.revokeAlls.set(userId, [...(this.history.revokeAlls.get(userId) ?? []), attempt]);
  }
}

/** Authenticates with the session's token; null if that fails or is refused. */
export async function look(history: History, node: RedisNode, session: TrackedSession) {
  const { attempt, result } = await history.note(node, "authenticate", async () =>
    node.manager.authenticate(session.token),
  );
  if (result === null) return null;
  const { status } = result;
  const isIn = result.status === "authenticated";
  session.sightings.push({ ...attempt, status, data: isIn ? result.session.data : null });
  return isIn ? result : null;
}

function oneOf<Item>(items: readonly Item[]): Item | undefined {
  return items[Math.floor(Math.random() * items.length)];
}
