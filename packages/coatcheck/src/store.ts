/**
 * The contract of a session store, for authors of stores and for code that wraps one. `storeContract` of
 * `coatcheck/testing` is the same contract as tests.
 *
 * @module
 */

export { AgingCopies, type Moment, thisMoment } from "./core/aging-copies.ts";
export type { Awaitable } from "./core/awaitable.ts";
export type { Clock, Timestamp } from "./core/clock.ts";
export { MAXIMUM_CLOCK_SKEW_SECONDS } from "./core/clock-check.ts";
export {
  keepListening,
  type ListeningAttempt,
  type ListeningOptions,
  type Subscription,
} from "./core/keep-listening.ts";
export type {
  CurrentSecret,
  Device,
  EndReason,
  GraceSecret,
  JsonObject,
  JsonValue,
  PendingSecret,
  RemovedSession,
  SessionChange,
  SessionRecord,
  SessionReference,
} from "./core/session-record.ts";
export {
  type ChannelListener,
  type ChannelState,
  EXPIRY_MARGIN_SECONDS,
  FENCE_LIFETIME_SECONDS,
  type FenceReading,
  type InsertOutcome,
  MAXIMUM_LOGIN_SECONDS,
  type RemovalListener,
  type SessionLimit,
  type SessionStore,
  TOLERATED_CLOCK_STEP_SECONDS,
} from "./core/session-store.ts";
