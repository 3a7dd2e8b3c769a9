/**
 * Sessions, the way of a request to them, and the users behind them. Node 20.19.2 or newer; no framework, no driver.
 *
 * @module
 */

export type { AuthenticateOptions } from "./core/authenticator.ts";
export { type Clock, systemClock, type Timestamp } from "./core/clock.ts";
export type { LoginAttempt, LoginOptions } from "./core/login.ts";
export { oncePerProcess } from "./core/once-per-process.ts";
export type { Authentication, AuthenticationResult, Session, Unauthenticated } from "./core/session.ts";
export {
  type EventCause,
  SessionEventEmitter,
  type SessionEventListener,
  type SessionEventName,
  type SessionEvents,
} from "./core/session-events.ts";
export { SessionManager } from "./core/session-manager.ts";
export type { SessionManagerOptions } from "./core/session-manager-options.ts";
export {
  rememberedLifetime,
  type SessionLifetime,
  type SessionPolicy,
  standardLifetime,
  standardPolicy,
  strictLifetime,
  strictPolicy,
} from "./core/session-policy.ts";
export type { Device, EndReason, JsonObject, JsonValue } from "./core/session-record.ts";
export type { LoginResult, ReauthenticationResult } from "./core/session-results.ts";
export type { SessionToken } from "./core/session-token.ts";
export {
  CoatcheckError,
  type ErrorCode,
  errorCodes,
  type RefusalCode,
  refusalCodes,
} from "./errors.ts";
export type { AuthSession } from "./http/auth-session.ts";
export type { GuardedRequest } from "./http/guarded-request.ts";
export type { LoggedIn, LoggedInOrRequestUser } from "./http/logged-in.ts";
export type {
  CredentialCheck,
  LoginOutcome,
  OwnSession,
  ProofOptions,
  UserLoginOptions,
} from "./http/login-outcome.ts";
export type { LoginViews, StepUp } from "./http/login-views.ts";
export type { Refusal } from "./http/refusal.ts";
