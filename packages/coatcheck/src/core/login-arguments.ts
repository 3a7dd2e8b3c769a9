import { CoatcheckError } from "../errors.ts";
import { isPlainObject } from "./known-options.ts";
import type { LoginAttempt } from "./login.ts";
import { Authentication } from "./session.ts";

/**
 * The attempts that `begin` made in this process. Only these complete a login. The name is global, because a bundler
 * may put this module into the program twice, and every copy has to find the same attempts.
 */
const ATTEMPTS = Symbol.for("coatcheck.loginAttempts");
const shared = globalThis as { [ATTEMPTS]?: WeakSet<object> };
shared[ATTEMPTS] ??= new WeakSet();
const attempts = shared[ATTEMPTS];

/** Marks an attempt as one that `begin` made. */
export function brandLoginAttempt(attempt: LoginAttempt): LoginAttempt {
  attempts.add(attempt);
  return Object.freeze(attempt);
}

/**
 * JavaScript accepts any argument. A promise has no user id, and a lookup by `undefined` may well find a user.
 *
 * @throws CoatcheckError `invalid_login_attempt` for anything that `begin` did not return
 */
export function requireLoginAttempt(attempt: unknown): asserts attempt is LoginAttempt {
  if (typeof attempt === "object" && attempt !== null && attempts.has(attempt)) return;
  const isPromise = typeof (attempt as { readonly then?: unknown } | null | undefined)?.then === "function";
  const what = isPromise
    ? "This login attempt is a promise: write await before begin."
    : `A login takes what begin gave, the object itself, and not ${nameOf(attempt)}.`;
  throw new CoatcheckError("invalid_login_attempt", `${what} const attempt = await sessions.begin(userId);`);
}

const OF_A_REQUEST = ["remember", "durationSeconds", "methods", "fresh", "data"] as const;

/**
 * The options of a login: those of the manager, those of a request, which supplies the rest itself, and those of the
 * session's own user.
 */
export const LOGIN_OPTIONS = {
  manager: new Set<string>([...OF_A_REQUEST, "device", "replaces", "cause"]),
  request: new Set<string>(OF_A_REQUEST),
  user: new Set<string>([...OF_A_REQUEST, "force", "repeat"]),
  confirmation: new Set<string>(["methods", "repeat"]),
  proof: new Set<string>(["methods"]),
} as const;

/** Options that people know from other libraries, with the text to write here. */
const HINTS: Readonly<Record<string, string>> = {
  rememberMe: "Write remember: true.",
  remember_me: "Write remember: true.",
  duration: "Write durationSeconds.",
  maxAge: "Write durationSeconds, in seconds; the cookie's age follows from the policy.",
  expiresIn: "Write durationSeconds.",
  amr: "Write methods.",
  device: "The device is described by the request.",
  replaces: "The session that the request brought is replaced.",
  cause: "The cause is the request.",
  force: "It is an option of the login of a user: auth.login(request, userId, check, { force: true }).",
  repeat: "It is an option of the login of a user: auth.login(request, userId, check, { repeat: false }).",
};

/**
 * Requires true or false: the text "false" from a form would count as true. An unknown option would do nothing although
 * its author relies on it.
 *
 * @throws CoatcheckError `invalid_configuration`, with what to write
 */
export function requireLoginOptions(options: unknown, known: ReadonlySet<string>): void {
  const refuse: (message: string) => never = (message) => {
    throw new CoatcheckError("invalid_configuration", message);
  };
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    refuse(`The options of a login are an object, and not ${nameOf(options)}: { remember: true }.`);
  }
  // Inherited options would be read later, and are not checked here.
  if (!isPlainObject(options)) refuse("The options of a login are an object of its own, such as { remember: true }.");
  const given: Readonly<Record<string, unknown>> = { ...options };
  for (const name of Object.keys(given)) {
    if (known.has(name) || given[name] === undefined) continue;
    const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : `There are ${[...known].join(", ")}.`;
    refuse(`A login has no option "${name}" here. ${hint}`);
  }
  for (const name of ["remember", "fresh", "force", "repeat"]) {
    const value = given[name];
    if (value === undefined || typeof value === "boolean") continue;
    refuse(`${name} is true or false, and not ${nameOf(value)}. Of a form: ${name}: form.${name} === "on".`);
  }
  const { durationSeconds, methods, replaces } = given;
  if (durationSeconds !== undefined && !(typeof durationSeconds === "number" && durationSeconds >= 1)) {
    refuse("durationSeconds must be a number, at least 1. Leave it out for the policy's time.");
  }
  if (methods !== undefined && !(Array.isArray(methods) && methods.every((method) => typeof method === "string"))) {
    refuse('methods is a list of RFC 8176 names, such as ["pwd", "otp"].');
  }
  if (replaces !== undefined && replaces !== null && !(replaces instanceof Authentication)) {
    refuse("replaces is what authenticate gave of a session that is logged in, or null.");
  }
}

/** Describes a value for a message. Never the value itself, which may be a misplaced password. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object of your own" : `a ${typeof value}`;
}
