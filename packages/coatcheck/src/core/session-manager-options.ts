import { CoatcheckError } from "../errors.ts";
import type { Clock } from "./clock.ts";
import { refuseUnknownOptions, requireClock } from "./known-options.ts";
import { requireStore } from "./required-store.ts";
import type { SessionEventEmitter } from "./session-events.ts";
import type { SessionPolicy } from "./session-policy.ts";
import type { SessionStore } from "./session-store.ts";

/** The parts and settings of a SessionManager. */
export interface SessionManagerOptions {
  /** The store of the sessions. */
  readonly store: SessionStore;
  /** Time limits, freshness and the limit per user; `standardPolicy` by default. */
  readonly policy?: SessionPolicy;
  /** Separates deployments or tenants that share one store; "default" by default. Changing it ends every session. */
  readonly namespace?: string;
  /** Emits the events of sessions; by default an emitter of its own, see `SessionManager.events`. */
  readonly events?: SessionEventEmitter;
  /** Tells the time by which sessions expire; the machine's clock by default. Stores have clocks of their own. */
  readonly clock?: Clock;
}

export const MANAGER_OPTIONS = [
  "store",
  "policy",
  "namespace",
  "events",
  "clock",
] as const satisfies readonly (keyof SessionManagerOptions)[];

/** @throws CoatcheckError `invalid_configuration` */
export function requireManagerOptions(options: SessionManagerOptions): void {
  refuseUnknownOptions("A SessionManager", options, new Set(MANAGER_OPTIONS));
  const { store, namespace = "", events, clock } = options;
  const refuse: (message: string) => never = (message) => {
    throw new CoatcheckError("invalid_configuration", message);
  };
  requireStore("A SessionManager", store);
  // Two namespaces that turn into the same text would share their users.
  if (typeof namespace !== "string") refuse('namespace is text, such as "shop".');
  if (events !== undefined && !(typeof events?.emit === "function" && typeof events.on === "function")) {
    refuse("events is a SessionEventEmitter: new SessionEventEmitter().");
  }
  requireClock(clock);
}
