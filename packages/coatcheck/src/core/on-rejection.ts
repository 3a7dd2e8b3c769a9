/**
 * Calls `listener` if the value is a promise and rejects: left alone, that would end the process. Not by class: a promise
 * of another realm, as Node's own are under Jest, rejects as well.
 */
export function onRejection(value: unknown, listener: (error: unknown) => void): void {
  if (isThenable(value)) value.then(undefined, listener);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
