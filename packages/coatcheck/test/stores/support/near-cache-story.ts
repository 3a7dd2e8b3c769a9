import { BOUND_MILLISECONDS, NearCacheWorld, type Node, type Step } from "./near-cache-world.ts";

const REVOCATIONS = {
  delete: (node: Node) => node.sendDelete(),
  deleteByUser: (node: Node) => node.sendDeleteByUser(),
  insert: (node: Node) => node.sendInsert(),
} as const;

const MAXIMUM_READS = 2;

export interface StorySetting {
  /** How the first node ends the session. */
  readonly revocation: keyof typeof REVOCATIONS;
  /** One kind a story: no copy can tell its age where one clock was set back and the other one stood still. */
  readonly clockFault: "suspend" | "setBack";
}

/** One of the events that are possible at that point of a story, and how long it takes if it takes time. */
export interface StoryStep {
  readonly choice: number;
  readonly milliseconds: number;
}

interface PossibleEvent {
  readonly name: string;
  readonly happen: (milliseconds: number) => unknown;
}

/** Tells a story of two nodes, one of which ends the session, and knows which of them may still serve it. */
export class StoryTeller {
  /** What has happened, for the message of a failure. */
  readonly told: string[] = [];
  readonly #world = new NearCacheWorld(2);
  readonly #setting: StorySetting;
  readonly #stations: readonly Station[] = this.#world.nodes.map((node, index) => new Station(node, `node ${index}`));
  #removal: Step | null = null;
  #acknowledgedAt: number | null = null;

  constructor(setting: StorySetting) {
    this.#setting = setting;
  }

  async tell({ choice, milliseconds }: StoryStep): Promise<void> {
    const possible = [...this.#possibleEvents()];
    const event = possible[choice % possible.length];
    this.told.push(`${event?.name}`);
    await event?.happen(milliseconds);
    const isOver = this.#acknowledgedAt !== null && this.#world.elapsed > this.#acknowledgedAt + BOUND_MILLISECONDS;
    if (isOver) for (const station of this.#stations) station.forbid();
  }

  /** Nodes that serve the session although they may not, having heard of its end or had the time to. */
  offenders(): readonly string[] {
    return this.#stations.filter(({ mayServe, node }) => !mayServe && node.servesFromMemory).map(({ name }) => name);
  }

  *#possibleEvents(): Iterable<PossibleEvent> {
    const { clockFault } = this.#setting;
    yield { name: "time passes", happen: (milliseconds) => this.#world.pass(milliseconds) };
    yield { name: clockFault, happen: (milliseconds) => this.#world[clockFault](milliseconds) };
    if (this.#removal === null) yield { name: "revoke", happen: () => this.#revoke() };
    else if (this.#acknowledgedAt === null) yield { name: "acknowledge", happen: () => this.#acknowledge() };
    for (const station of this.#stations) yield* station.possibleEvents(this.#removal !== null);
  }

  #revoke(): void {
    const { node } = this.#stations[0] as Station;
    this.#removal = REVOCATIONS[this.#setting.revocation](node);
    this.#removal.carryOut();
  }

  async #acknowledge(): Promise<void> {
    await this.#removal?.answer();
    this.#acknowledgedAt = this.#world.elapsed;
    (this.#stations[0] as Station).forbid();
  }
}

/** A node and what it has under way. */
class Station {
  readonly node: Node;
  readonly name: string;
  #hasToRefuse = false;
  readonly #unread = new Set<Step>();
  readonly #unanswered = new Set<Step>();
  #channel: "open" | "cut" | "interrupted" = "open";

  constructor(node: Node, name: string) {
    this.node = node;
    this.name = name;
  }

  /** Not what it has to know the end of, and nothing at all while it may be missing something. */
  get mayServe(): boolean {
    return !this.#hasToRefuse && this.#channel !== "interrupted";
  }

  /** For good: no step of the story brings the session back. */
  forbid(): void {
    this.#hasToRefuse = true;
  }

  *possibleEvents(wasRemoved: boolean): Iterable<PossibleEvent> {
    const named = (what: string, happen: () => unknown) => ({ name: `${this.name} ${what}`, happen });
    const isBusy = this.#unread.size + this.#unanswered.size === MAXIMUM_READS;
    if (!isBusy) yield named("sends a read", () => this.#unread.add(this.node.sendRead()));
    for (const read of this.#unread) yield named("is read for", () => this.#carryOut(read));
    for (const read of this.#unanswered) yield named("is answered", () => this.#answer(read));
    if (this.node.hasUndelivered) yield named("hears of the removal", () => this.#hear());
    if (this.#channel === "open") yield named("is cut off", () => this.#cut());
    if (this.#channel === "cut") yield named("notices", () => this.#notice());
    if (this.#channel === "interrupted") yield named("is connected again", () => this.#reopen(wasRemoved));
  }

  #carryOut(read: Step): void {
    read.carryOut();
    this.#unread.delete(read);
    this.#unanswered.add(read);
  }

  async #answer(read: Step): Promise<void> {
    this.#unanswered.delete(read);
    await read.answer();
  }

  #hear(): void {
    this.node.deliver();
    this.forbid();
  }

  #cut(): void {
    this.node.cut();
    this.#channel = "cut";
  }

  #notice(): void {
    this.node.notice();
    this.#channel = "interrupted";
  }

  #reopen(wasRemoved: boolean): void {
    this.node.reopen();
    this.#channel = "open";
    if (wasRemoved) this.forbid();
  }
}
