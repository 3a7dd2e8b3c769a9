import { CoatcheckError } from "../errors.ts";
import { requireWholeNumber } from "./known-options.ts";

export interface CallLimits {
  /** How long a call may take before it fails with `store_unavailable`; 2,000 by default. */
  readonly deadlineMilliseconds?: number;
  /** How many calls may be pending, overdue ones included; further calls fail at once. 10,000 by default. */
  readonly maximumInFlight?: number;
}

/** Reports of BoundedCalls, besides the results for its callers. */
export interface CallHooks {
  /**
   * A call became overdue, and the server has answered nothing at all since it was sent: the connection may be dead
   * without having been closed. Called at most once per deadline.
   */
  readonly onSilence?: () => void;
  /** A call failed with this error, late failures included. */
  readonly onFault?: (cause: unknown) => void;
}

/**
 * A call whose deadline is still to come, linked to its neighbours: in a Set, each call cost more than with a timer of
 * its own.
 */
interface WaitingCall {
  /** By the monotonic clock. */
  readonly dueAt: number;
  readonly answersBefore: number;
  readonly reject: (error: CoatcheckError) => void;
  before: WaitingCall | null;
  after: WaitingCall | null;
}

const DEFAULT_DEADLINE_MILLISECONDS = 2_000;
const DEFAULT_MAXIMUM_IN_FLIGHT = 10_000;
const LONGEST_DEADLINE_MILLISECONDS = 60_000;

/**
 * BoundedCalls notices within the deadline that a server hangs, and keeps requests from piling up in front of it. An
 * overdue call fails for its caller but keeps its place until it settles, because it still waits in a queue of the
 * client or the server.
 */
export class BoundedCalls {
  readonly deadlineMilliseconds: number;
  readonly #server: string;
  readonly #maximumInFlight: number;
  readonly #hooks: CallHooks;
  /** The calls from the oldest on. This is the order of their deadlines, because all calls have the same time. */
  #oldest: WaitingCall | null = null;
  #newest: WaitingCall | null = null;
  /**
   * One timer for all calls, set for the first that waits. It stays set when that call is answered: setting a timer
   * costs more than a check.
   */
  #timer: NodeJS.Timeout | null = null;
  #inFlight = 0;
  #answers = 0;
  #lastSilenceAt = Number.NEGATIVE_INFINITY;

  /** @throws CoatcheckError `invalid_configuration` */
  constructor(server: string, limits: CallLimits, hooks: CallHooks = {}) {
    this.#server = server;
    this.deadlineMilliseconds = limits.deadlineMilliseconds ?? DEFAULT_DEADLINE_MILLISECONDS;
    this.#maximumInFlight = limits.maximumInFlight ?? DEFAULT_MAXIMUM_IN_FLIGHT;
    this.#hooks = hooks;
    requireWholeNumber("deadlineMilliseconds", this.deadlineMilliseconds, LONGEST_DEADLINE_MILLISECONDS);
    requireWholeNumber("maximumInFlight", this.#maximumInFlight, Number.MAX_SAFE_INTEGER);
  }

  /** Rejects with `store_unavailable` if the call fails, is overdue, or exceeds the number of calls in flight. */
  run<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#inFlight >= this.#maximumInFlight) {
      return Promise.reject(this.#fault(`has ${this.#maximumInFlight} calls to answer already`));
    }
    this.#inFlight += 1;
    return new Promise((resolve, reject) => {
      const waiting = this.#wait(reject);
      settled(call).then(
        (result) => {
          this.#end(waiting);
          this.#answers += 1;
          resolve(result);
        },
        (cause: unknown) => {
          this.#end(waiting);
          this.#hooks.onFault?.(cause);
          reject(cause instanceof CoatcheckError ? cause : this.#fault("failed", { cause }));
        },
      );
    });
  }

  #wait(reject: WaitingCall["reject"]): WaitingCall {
    const dueAt = performance.now() + this.deadlineMilliseconds;
    const waiting: WaitingCall = { dueAt, answersBefore: this.#answers, reject, before: this.#newest, after: null };
    if (this.#newest !== null) this.#newest.after = waiting;
    else {
      this.#oldest = waiting;
      // The timer keeps the process alive for pending calls, and for nothing else.
      this.#timer?.ref();
    }
    this.#newest = waiting;
    if (this.#timer === null) this.#setTimer(this.deadlineMilliseconds);
    return waiting;
  }

  #end(waiting: WaitingCall): void {
    this.#inFlight -= 1;
    // The call was overdue, and was already taken out.
    if (waiting.before === null && this.#oldest !== waiting) return;
    this.#takeOut(waiting);
    if (this.#oldest === null) this.#timer?.unref();
  }

  #takeOut(waiting: WaitingCall): void {
    const { before, after } = waiting;
    if (before === null) this.#oldest = after;
    else before.after = after;
    if (after === null) this.#newest = before;
    else after.before = before;
    waiting.before = null;
    waiting.after = null;
  }

  #setTimer(milliseconds: number): void {
    this.#timer = setTimeout(() => this.#failOverdue(), milliseconds);
  }

  #failOverdue(): void {
    this.#timer = null;
    const now = performance.now();
    for (let waiting = this.#oldest; waiting !== null; waiting = this.#oldest) {
      const { dueAt, answersBefore, reject } = waiting;
      if (dueAt > now) {
        this.#setTimer(Math.ceil(dueAt - now));
        return;
      }
      this.#takeOut(waiting);
      reject(this.#fault(`did not answer within ${this.deadlineMilliseconds} ms`));
      if (this.#answers === answersBefore) this.#noteSilence();
    }
  }

  #noteSilence(): void {
    const now = performance.now();
    if (now - this.#lastSilenceAt < this.deadlineMilliseconds) return;
    this.#lastSilenceAt = now;
    this.#hooks.onSilence?.();
  }

  #fault(what: string, options?: ErrorOptions): CoatcheckError {
    return new CoatcheckError("store_unavailable", `The session store on ${this.#server} ${what}.`, options);
  }
}

/** If a client throws instead of rejecting, its call must not stay counted for ever. */
function settled<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return call();
  } catch (cause) {
    return Promise.reject(cause);
  }
}
