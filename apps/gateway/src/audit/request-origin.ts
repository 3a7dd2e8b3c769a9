import type { GuardedRequest } from "coatcheck/adapter";

/** Where a request came from, as far as it is known behind trusted proxies. */
export interface RequestOrigin {
  /** The `reqId` of the log. */
  readonly requestId: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
}

/** Of what an event was caused by; null for the gateway's own chores. Only guards and visits say it: a request. */
export function originOf(cause: object | null): RequestOrigin | null {
  if (cause === null) return null;
  const { id = null, clientAddress = null, headers } = cause as GuardedRequest;
  return { requestId: id, clientAddress, userAgent: headers.get("user-agent") };
}
