/** The gateway said no. `code` is stable (RFC 9457 problem details); the text shown to people is ours. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | null;
  /** Why a new password was refused; empty for everything else. */
  readonly reasons: readonly string[];
}

/** No answer arrived: whether the request was carried out is unknown. */
interface Unreachable {
  readonly kind: "unreachable";
}

export type Failure = Refused | Unreachable;
export type Outcome<Value> = { readonly kind: "done"; readonly value: Value } | Failure;

export function isRefusal(outcome: Outcome<unknown>, code: string): boolean {
  return outcome.kind === "refused" && outcome.code === code;
}

/** `Retry-After` is a number of seconds or a date (RFC 9110, section 10.2.3). Null when absent or neither. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null || header.trim() === "") return null;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1_000));
}
