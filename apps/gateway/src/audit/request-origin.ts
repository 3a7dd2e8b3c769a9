import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";

/** Where a request came from, as far as it is known behind trusted proxies. */
export interface RequestOrigin {
  /** The `reqId` of the log. */
  readonly requestId: string;
  readonly clientAddress: string;
  readonly userAgent: string | null;
}

const storage = new AsyncLocalStorage<RequestOrigin>();

/**
 * Runs what serves a request, so that whatever is reported meanwhile, however deep below, can be told where it came from.
 * What the library tells of sessions knows no requests.
 */
export function withOrigin<Result>(origin: RequestOrigin, work: () => Result): Result {
  return storage.run(origin, work);
}

/** The request that is being served here; null for the gateway's own chores. */
export function currentOrigin(): RequestOrigin | null {
  return storage.getStore() ?? null;
}

/** For callbacks of a connection that other requests use too: they are called as if by whoever opened it. */
export function keepOrigin<Parameters extends unknown[], Result>(
  callback: (...parameters: Parameters) => Result,
): (...parameters: Parameters) => Result {
  return AsyncResource.bind(callback);
}
