/**
 * Every fault that the gateway reports, by its stable code. Expected outcomes (a wrong password, a refused attempt, an
 * email in use) are values and never appear here. The code that makes a response decides what it tells the client; a
 * command line prints the message.
 */
export const gatewayErrorCodes = {
  invalid_configuration: "A setting is missing, unknown, contradictory or unsafe. Raised at start, never on a request.",
  accounts_unavailable: "The account database failed or stayed locked. Answer 503 and change nothing.",
  accounts_schema_unsupported: "The file is no account database, or a newer version wrote it.",
  database_cannot_be_opened:
    "The database is missing, cannot be reached or written, or cannot keep what the gateway stores.",
  database_is_demo: "The database is marked as a demo's: it holds users whose passwords are published.",
  database_is_not_demo: "The database exists and is not marked as a demo's, so the demo must not touch it.",
  cannot_listen: "The gateway cannot listen on the configured address or port.",
  pages_missing: "The pages were not built, or not installed with the gateway.",
  overloaded:
    "Too many passwords are being checked at this moment, or too many passes were requested. Answer 503 with Retry-After.",
  keys_unusable:
    "The signing keys cannot be read with the configured encryption key. Raised at start, or when a token is signed.",
  breached_passwords_unreadable:
    "The file of breached passwords cannot be searched, so a new password is not taken. Answer 503.",
  pass_rule_unavailable: "The application was asked whether a user may open a path, and did not answer. Answer 503.",
  sessions_unreachable: "The sessions are in the memory of another process, out of reach of this one.",
} as const satisfies Record<string, string>;

export type GatewayErrorCode = keyof typeof gatewayErrorCodes;

export interface GatewayErrorOptions extends ErrorOptions {
  /** The seconds after which a retry makes sense: the value of Retry-After. */
  readonly retryAfterSeconds?: number;
}

/** A fault with a stable `code`. The message is for people and may change; `cause` keeps the original error. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly code: GatewayErrorCode;
  readonly retryAfterSeconds: number | null;

  constructor(code: GatewayErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
