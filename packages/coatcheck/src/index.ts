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
export { type Answer, answerTo } from "./http/answer.ts";
export type { AddressPrecision } from "./http/client-device.ts";
export type { Preflight } from "./http/cross-origin-sharing.ts";
export type { GuardedRequest } from "./http/guarded-request.ts";
export { type CookieReading, HostCookie } from "./http/host-cookie.ts";
export { LoginManager } from "./http/login-manager.ts";
export type { LoginManagerOptions } from "./http/login-rules.ts";
export type { LoginHandlers, LoginViews, StepUp } from "./http/login-views.ts";
export type {
  LoggedIn,
  LoggedInWithSession,
  LoginVisit,
  OwnSession,
  UserLoginOptions,
  UserLoginResult,
} from "./http/login-visit.ts";
export { type PublicOrigin, type PublicOriginOptions, parsePublicOrigin } from "./http/public-origin.ts";
export type { GuardRefusalCode, Refusal } from "./http/refusal.ts";
export { type Admission, RequestGuard, type RequestGuardOptions } from "./http/request-guard.ts";
export type { HeaderEdit, OutgoingResponse } from "./http/response-headers.ts";
export { safeNext } from "./http/safe-next.ts";
export type { TrustedOriginsOption } from "./http/trusted-origins.ts";
export type { Visit, VisitLoginOptions, VisitLoginResult } from "./http/visit.ts";
