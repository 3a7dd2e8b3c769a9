import { type RefusalCode, refusalCodes } from "../errors.ts";
import type { HeaderEdit } from "./response-headers.ts";

/** Why the guard turns a request away, before its session is looked at. */
export type GuardRefusalCode = "duplicate_session_cookie" | "cross_origin_request" | "headerless_request";

/** A request that is turned away, as a value: adapters turn it into a response. */
export interface Refusal<Code extends RefusalCode = RefusalCode> {
  readonly ok: false;
  /** The status of HTTP that goes with the code. */
  readonly status: number;
  /** Why, for programs. */
  readonly code: Code;
  /** Why, for people. It tells nothing that must stay secret. */
  readonly detail: string;
  /** Where a person is sent instead, to log in; null when the answer is the refusal itself. */
  readonly location: string | null;
  /** What the answer must carry, also one that the application writes: without CORS headers a trusted page cannot read it. */
  readonly headers: readonly HeaderEdit[];
}

export function refusalOf<Code extends RefusalCode>(
  code: Code,
  parts: Partial<Pick<Refusal, "status" | "location" | "headers">> = {},
): Refusal<Code> {
  return { ok: false, ...refusalCodes[code], code, location: null, headers: [], ...parts };
}
