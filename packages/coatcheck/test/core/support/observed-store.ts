import { CoatcheckError } from "coatcheck";
import type { SessionStore } from "coatcheck/store";

export type StoreCall = Exclude<keyof SessionStore, "subscribe">;

/** Stands between a call and the store below: may run it or not, before or after something else. */
type Interference = <Result>(call: () => Result | Promise<Result>) => Promise<Result>;

const READS: readonly StoreCall[] = ["readFence", "find", "listByUser"];

/**
 * ObservedStore passes every call on to the store below, remembers which calls were made, and interferes once with the
 * next call of a kind when a test asks for it: a race, a fault, or a reply that is lost on its way back.
 */
export class ObservedStore implements SessionStore {
  readonly calls: StoreCall[] = [];
  /** Whether `find` answers as the store below does, or as one that is a network away. */
  answers: "as below" | "by promise" = "as below";
  readonly #below: SessionStore;
  readonly #interferences = new Map<StoreCall, Interference[]>();

  constructor(below: SessionStore) {
    this.#below = below;
  }

  get writes(): readonly StoreCall[] {
    return this.calls.filter((call) => !READS.includes(call));
  }

  forgetCalls(): void {
    this.calls.length = 0;
  }

  /** Runs `race` just before the next call of that kind reaches the store. */
  before(call: StoreCall, race: () => unknown): void {
    this.#interfere(call, async (proceed) => {
      await race();
      return proceed();
    });
  }

  /** The next call of that kind never reaches the store. */
  fail(call: StoreCall): void {
    this.#interfere(call, () => Promise.reject(unavailable()));
  }

  /** The next call of that kind takes effect, but its caller is told that the store failed. */
  loseReply(call: StoreCall): void {
    this.#interfere(call, async (proceed) => {
      await proceed();
      throw unavailable();
    });
  }

  readFence: SessionStore["readFence"] = (...input) => this.#pass("readFence", () => this.#below.readFence(...input));
  insert: SessionStore["insert"] = (...input) => this.#pass("insert", () => this.#below.insert(...input));
  find: SessionStore["find"] = (...input) => {
    const found = this.#pass("find", () => this.#below.find(...input));
    return this.answers === "by promise" ? Promise.resolve(found) : found;
  };
  update: SessionStore["update"] = (...input) => this.#pass("update", () => this.#below.update(...input));
  delete: SessionStore["delete"] = (...input) => this.#pass("delete", () => this.#below.delete(...input));
  deleteByUser: SessionStore["deleteByUser"] = (...input) =>
    this.#pass("deleteByUser", () => this.#below.deleteByUser(...input));
  listByUser: SessionStore["listByUser"] = (...input) =>
    this.#pass("listByUser", () => this.#below.listByUser(...input));
  deleteExpired: SessionStore["deleteExpired"] = (...input) =>
    this.#pass("deleteExpired", () => this.#below.deleteExpired(...input));
  subscribe: SessionStore["subscribe"] = (listener) => this.#below.subscribe(listener);

  #interfere(call: StoreCall, interference: Interference): void {
    this.#interferences.set(call, [...(this.#interferences.get(call) ?? []), interference]);
  }

  #pass<Result>(call: StoreCall, proceed: () => Promise<Result>): Promise<Result>;
  #pass<Result>(call: StoreCall, proceed: () => Result | Promise<Result>): Result | Promise<Result>;
  #pass<Result>(call: StoreCall, proceed: () => Result | Promise<Result>): Result | Promise<Result> {
    this.calls.push(call);
    const interference = this.#interferences.get(call)?.shift();
    return interference === undefined ? proceed() : interference(proceed);
  }
}

function unavailable(): CoatcheckError {
  return new CoatcheckError("store_unavailable", "The store did not answer.");
}
