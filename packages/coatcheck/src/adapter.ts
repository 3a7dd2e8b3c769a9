/**
 * The parts of a front door, for those who write an adapter, and for applications that share one guard: a request goes
 * through `LoginManager.admit`, and what comes out is its session or the answer to give.
 *
 * @module
 */

export type { AuthenticateOptions } from "./core/authenticator.ts";
export { type Awaitable, after, whenAnswered } from "./core/awaitable.ts";
export type { LoginAttempt, LoginOptions } from "./core/login.ts";
export { ipv6Groups } from "./core/plain-address.ts";
export type { Authentication, AuthenticationResult, Unauthenticated } from "./core/session.ts";
export type { EventCause, SessionEventListener, SessionEventName } from "./core/session-events.ts";
export type { SessionManagerOptions } from "./core/session-manager-options.ts";
export type { LoginResult, ReauthenticationResult } from "./core/session-results.ts";
export type { SessionToken } from "./core/session-token.ts";
export { type Answer, answerTo, faultAnswer } from "./http/answer.ts";
export type { AddressPrecision } from "./http/client-device.ts";
export type { Preflight } from "./http/cross-origin-sharing.ts";
export type { GuardedRequest } from "./http/guarded-request.ts";
export { type CookieReading, HostCookie } from "./http/host-cookie.ts";
export type { LoggedInOrRequestUser } from "./http/logged-in.ts";
export { type LoginAdmission, LoginManager } from "./http/login-manager.ts";
export type { LoginManagerOptions, UserOptions } from "./http/login-options.ts";
export type { CredentialCheck, ProofOptions } from "./http/login-outcome.ts";
export type { LoginHandlers, LoginViews, StepUp } from "./http/login-views.ts";
export { isNavigation, opensPage, viewWithNext } from "./http/navigation.ts";
export { type PublicOrigin, type PublicOriginOptions, parsePublicOrigin } from "./http/public-origin.ts";
export type { GuardRefusalCode } from "./http/refusal.ts";
export { type Admission, type OriginOptions, RequestGuard, type RequestGuardOptions } from "./http/request-guard.ts";
export type { RequestLoginOptions, RequestLoginResult, RequestSession } from "./http/request-session.ts";
export type { HeaderEdit, OutgoingResponse } from "./http/response-headers.ts";
export { safeNext } from "./http/safe-next.ts";
export type { TrustedOriginsOption } from "./http/trusted-origins.ts";
