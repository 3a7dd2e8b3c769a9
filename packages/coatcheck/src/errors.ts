/**
 * Every fault that coatcheck reports, by its stable code. Expected outcomes (a wrong token, a refused login, a lost
 * race) are values and never appear here: an error means a mistake of the caller or a failure of a system.
 */
export const errorCodes = {
  invalid_configuration:
    "An option is missing, contradictory or unsafe. Raised where it is given: at construction, or by the call that has it.",
  invalid_login_attempt:
    "A login got something other than the attempt that `begin` returned: a promise, a copy, or the user's id.",
  invalid_login_check:
    "The check of a login is not a function, or answered neither true nor false. Nothing else counts as a yes.",
  invalid_user_id: "A user id is not a string, empty, too long, not well-formed Unicode, or contains a NUL.",
  invalid_session_data: "Session data is not plain JSON, or is larger than the limit.",
  store_unavailable: "The store failed, or did not answer before its deadline. Answer 503 and change nothing.",
  store_conflict: "The session changed under every attempt to write it. Answer 503: the caller may try again.",
  clock_skewed:
    "This machine's clock is too far from the session store's to judge any time by it. Answer 503 and change nothing.",
  store_schema_unsupported: "The database was written by a newer version, or is not a coatcheck database.",
  store_permission_denied:
    "The database refuses the store's role a right that it needs. Grant it: waiting does not help.",
  insecure_origin: "The public origin is plain http on a host that is not loopback. Raised at construction.",
  guard_not_installed:
    "A route asked for its session, but the request did not pass the guard. Register it before the routes.",
  session_not_loaded:
    "The user or session of a request was read before it was loaded. Write await auth.of(request).load() first.",
  invalid_access_path: "A path for a pass could mean several things to several servers, or none.",
  invalid_key_set: "A key set cannot be used to verify or sign. Raised when it is read.",
  keys_unavailable: "No key of the issuer could be read yet, so no token can be verified. Answer 503.",
  response_already_sent: "A session was begun or ended after the response headers had left.",
} as const satisfies Record<string, string>;

/** The code of a fault: a key of `errorCodes`. */
export type ErrorCode = keyof typeof errorCodes;

/**
 * Every answer with which coatcheck itself refuses a request, by its stable code: expected outcomes, returned as
 * values. They are sent as `application/problem+json` (RFC 9457) with this status and this text as its `detail`.
 */
export const refusalCodes = {
  duplicate_session_cookie: { status: 400, detail: "The request carries the session cookie more than once." },
  cross_origin_request: { status: 403, detail: "The request was made by a page of another origin." },
  headerless_request: {
    status: 403,
    detail: "Nothing says where the request came from. A script sends an Origin header of this site, or X-CSRF: 1.",
  },
  unauthenticated: { status: 401, detail: "Log in first." },
  invalid_credentials: { status: 401, detail: "The user or the password is wrong." },
  reauthentication_required: { status: 403, detail: "Confirm who you are: this needs a recent login." },
  user_inactive: { status: 403, detail: "This user may not log in." },
  login_overtaken: { status: 503, detail: "All sessions of the user were ended during the login. Try again." },
  login_expired: { status: 503, detail: "The login took more than five minutes. Try again." },
  session_limit_reached: { status: 409, detail: "The user has as many sessions as are allowed. End one of them." },
  session_changed: { status: 409, detail: "The session changed meanwhile. Try again." },
  session_busy: { status: 409, detail: "A new cookie is on its way to this browser. Try again in a minute." },
} as const satisfies Record<string, { readonly status: number; readonly detail: string }>;

/** The code of a refusal: a key of `refusalCodes`. */
export type RefusalCode = keyof typeof refusalCodes;

/**
 * Why a signed token was not believed, by a stable code. For logs: the client that presented it gets 401 and no reason.
 */
export const accessRefusalCodes = {
  malformed_token: "It is not a compact JWT of allowed size, or its header or claims are not JSON objects.",
  unexpected_header: "Its header contains more than alg, kid and typ.",
  wrong_type: "It is another kind of token, by its typ.",
  wrong_algorithm: "Its alg is not that of its key, or is not accepted.",
  unknown_key: "The issuer has published no key with its kid.",
  wrong_signature: "It was not signed by the key that it names.",
  wrong_claims: "A claim is missing or malformed.",
  wrong_issuer: "Another issuer made it.",
  wrong_audience: "It is for another service.",
  expired: "Its time is over.",
  not_yet_valid: "Its time has not come.",
  lives_too_long: "It claims more time than a pass may have.",
  wrong_path: "It opens another path.",
  wrong_client: "It is for another client address.",
  session_ended: "The session that it came from has ended.",
  revocations_outdated: "The list of ended sessions is too old. Until a new one is read, every token is refused.",
} as const satisfies Record<string, string>;

/** Why a signed token was not believed: a key of `accessRefusalCodes`. */
export type AccessRefusalCode = keyof typeof accessRefusalCodes;

const RETRY_MAY_SUCCEED: ReadonlySet<ErrorCode> = new Set([
  "store_unavailable",
  "store_conflict",
  "clock_skewed",
  "keys_unavailable",
]);

/** By this name every copy of this module finds its errors: a bundler may put it into a program more than once. */
const BRAND = Symbol.for("coatcheck.CoatcheckError");

/** A fault with a stable `code`. The message is for people and may change; `cause` keeps the original error. */
export class CoatcheckError extends Error {
  override readonly name = "CoatcheckError";
  /** Tells programs what went wrong. It stays the same when the message changes. */
  readonly code: ErrorCode;
  /** The status with which web frameworks answer when the error reaches them: 503 if a later try may succeed, else 500. */
  readonly statusCode: 500 | 503;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.statusCode = RETRY_MAY_SUCCEED.has(code) ? 503 : 500;
  }

  static {
    Object.defineProperty(CoatcheckError.prototype, BRAND, { value: true });
  }

  /** `instanceof` holds for the errors of every copy of the library, and in every realm. */
  static override [Symbol.hasInstance](value: unknown): value is CoatcheckError {
    return typeof value === "object" && value !== null && BRAND in value;
  }
}
