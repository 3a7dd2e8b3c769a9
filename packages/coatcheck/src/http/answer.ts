import { kindOf } from "../core/written-value.ts";
import { CoatcheckError } from "../errors.ts";
import type { Preflight } from "./cross-origin-sharing.ts";
import type { Refusal } from "./refusal.ts";

/** A whole response that coatcheck gives by itself. An adapter writes it unchanged. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  409: "Conflict",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** The response to a preflight, or to a request that is turned away: a redirection, or a problem (RFC 9457). */
export function answerTo(turnedAway: Refusal | Preflight): Answer {
  requireRefusal(turnedAway);
  const headers = Object.fromEntries(turnedAway.headers.map(({ name, value }) => [name, value]));
  if (turnedAway.code === "preflight") return { status: turnedAway.status, headers, body: null };

  const { status, code, detail, location } = turnedAway;
  headers["cache-control"] = "no-store";
  // 303 for every method, because the target is the login page, which the browser gets with GET (RFC 9110, 15.4.4).
  if (location !== null) return { status: 303, headers: { ...headers, location }, body: null };
  return { status, headers: { ...headers, ...problemHeaders(status) }, body: problem(status, code, detail) };
}

/** A successful login has no answer to give here: no user could tell this mistake from a refused login. */
function requireRefusal(given: unknown): void {
  const { ok, headers } = Object(given) as { readonly ok?: unknown; readonly headers?: unknown };
  if (ok === false && Array.isArray(headers)) return;
  const fault = ok === true ? "this succeeded" : `this is ${kindOf(given)}`;
  const message = `answer sends a refusal, and ${fault}: write if (!login.ok) return auth.answer(login, …).`;
  throw new CoatcheckError("invalid_configuration", message);
}

/**
 * The response to an error, for a framework that gives none: 503 if a later try may succeed. It reveals nothing else.
 */
export function faultAnswer(error: unknown): Answer {
  const isOurs = error instanceof CoatcheckError;
  const status = isOurs ? error.statusCode : 500;
  const code = isOurs ? error.code : "internal_error";
  const headers = { "cache-control": "no-store", ...problemHeaders(status) };
  return { status, headers, body: problem(status, code, status === 503 ? "Try again." : "Something went wrong.") };
}

function problemHeaders(status: number): Readonly<Record<string, string>> {
  return { "content-type": "application/problem+json", ...(status === 503 ? { "retry-after": "1" } : {}) };
}

function problem(status: number, code: string, detail: string): string {
  return JSON.stringify({ type: "about:blank", title: TITLES[status], status, code, detail });
}
