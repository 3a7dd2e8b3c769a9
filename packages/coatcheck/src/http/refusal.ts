import { type RefusalCode, refusalCodes } from "../errors.ts";
import type { HeaderEdit } from "./response-headers.ts";

/** The reason why the guard turns a request away, before it looks at the session. */
export type GuardRefusalCode = "duplicate_session_cookie" | "cross_origin_request" | "headerless_request";

/** A request that is turned away, as a value: adapters turn it into a response. */
export interface Refusal<Code extends RefusalCode = RefusalCode> {
  readonly ok: false;
  /** The HTTP status that goes with the code. */
  readonly status: number;
  /** The reason, for programs. */
  readonly code: Code;
  /** The reason, for people. It reveals nothing that must stay secret. */
  readonly detail: string;
  /** The place where a person is sent to log in instead; null if the answer is the refusal itself. */
  readonly location: string | null;
  /**
   * Headers that the answer must carry, even one that the application writes: without CORS headers a trusted page
   * cannot read it.
   */
  readonly headers: readonly HeaderEdit[];
}

export function refusalOf<Code extends RefusalCode>(
  code: Code,
  parts: Partial<Pick<Refusal, "status" | "location" | "headers">> = {},
): Refusal<Code> {
  return { ok: false, ...refusalCodes[code], code, location: null, headers: [], ...parts };
}
