/** The gateway's API as the pages use it. Nothing else in the pages talks to the network. */

import { type Outcome, parseRetryAfter, type Refused } from "./outcome.ts";

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A signed-in device. Times are ISO 8601. */
export interface DeviceSession {
  readonly id: string;
  readonly current: boolean;
  readonly device: string;
  /** The host that the user signed in at; null where there is one only. */
  readonly site: string | null;
  readonly ip: string | null;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly remembered: boolean;
}

const TIMEOUT_MILLISECONDS = 20_000;

export function signIn(credentials: { email: string; password: string; remember: boolean }): Promise<Outcome<unknown>> {
  return call("POST", "/auth/login", credentials);
}

export function signOut(): Promise<Outcome<unknown>> {
  return call("POST", "/auth/logout");
}

export function whoAmI(): Promise<Outcome<{ readonly user: User; readonly session: DeviceSession }>> {
  return call("GET", "/auth/me");
}

export function listSessions(): Promise<Outcome<{ readonly sessions: readonly DeviceSession[] }>> {
  return call("GET", "/auth/sessions");
}

/** Needs a fresh login: refused with `reauthentication_required` otherwise. */
export function signOutDevice(sessionId: string): Promise<Outcome<unknown>> {
  return call("DELETE", `/auth/sessions/${encodeURIComponent(sessionId)}`);
}

/** Needs a fresh login: refused with `reauthentication_required` otherwise. */
export function signOutEverywhereElse(): Promise<Outcome<{ readonly revoked: number }>> {
  return call("DELETE", "/auth/sessions");
}

export function reauthenticate(password: string): Promise<Outcome<unknown>> {
  return call("POST", "/auth/reauthenticate", { password });
}

export function changePassword(passwords: { currentPassword: string; newPassword: string }): Promise<Outcome<unknown>> {
  return call("PUT", "/auth/password", passwords);
}

async function call<Value>(method: string, path: string, body?: object): Promise<Outcome<Value>> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: "application/json, application/problem+json",
        ...(body && { "content-type": "application/json" }),
      },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) return await refusalFrom(response);
    return { kind: "done", value: response.status === 204 ? undefined : await response.json() };
  } catch {
    return { kind: "unreachable" };
  }
}

async function refusalFrom(response: Response): Promise<Refused> {
  // A proxy in between may answer with a page of its own: then the status is all there is to go by.
  const problem: unknown = await response.json().catch(() => null);
  const { code, reasons } = (typeof problem === "object" && problem !== null ? problem : {}) as Record<string, unknown>;
  return {
    kind: "refused",
    status: response.status,
    code: typeof code === "string" ? code : "",
    retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after"), Date.now()),
    reasons: Array.isArray(reasons) ? reasons.filter((reason) => typeof reason === "string") : [],
  };
}
