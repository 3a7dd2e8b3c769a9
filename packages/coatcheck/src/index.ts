/**
 * Sessions, the way of a request to them, and the users behind them. Node 20.19.2 or newer; no framework, no driver.
 *
 * @module
 */

export { type Clock, systemClock, type Timestamp } from "./core/clock.ts";
export { oncePerProcess } from "./core/once-per-process.ts";
export type { Session } from "./core/session.ts";
export { SessionEventEmitter, type SessionEvents } from "./core/session-events.ts";
export { SessionManager } from "./core/session-manager.ts";
export {
  rememberedLifetime,
  type SessionLifetime,
  type SessionPolicy,
  standardPolicy,
  strictPolicy,
} from "./core/session-policy.ts";
export type { JsonObject } from "./core/session-record.ts";
export {
  CoatcheckError,
  type ErrorCode,
  errorCodes,
  type RefusalCode,
  refusalCodes,
} from "./errors.ts";
export type { AuthSession } from "./http/auth-session.ts";
export type { LoggedIn } from "./http/logged-in.ts";
export type { LoginOutcome, OwnSession, UserLoginOptions } from "./http/login-outcome.ts";
export type { Refusal } from "./http/refusal.ts";
