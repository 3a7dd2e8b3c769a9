/**
 * Calls `listener` if the value is a promise that rejects; an unhandled rejection would end the process. Promises are
 * not recognised by their class, because one of another realm, as under Jest, rejects as well.
 */
export function onRejection(value: unknown, listener: (error: unknown) => void): void {
  if (isThenable(value)) value.then(undefined, listener);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
