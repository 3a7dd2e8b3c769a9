import type { GuardedRequest } from "coatcheck/adapter";

/** The origin of a request, as far as it is known behind trusted proxies. */
export interface RequestOrigin {
  /** The `reqId` of the log. */
  readonly requestId: string | null;
  readonly clientAddress: string | null;
  readonly userAgent: string | null;
}

/**
 * The origin of an event's cause; null for the gateway's own chores. The cause is a request, as a guard or a visit
 * passes it.
 */
export function originOf(cause: object | null): RequestOrigin | null {
  if (cause === null) return null;
  const { id = null, clientAddress = null, headers } = cause as GuardedRequest;
  return { requestId: id, clientAddress, userAgent: headers.get("user-agent") };
}
