/**
 * A value, or a promise of one. Awaiting a value that is already there costs more than a look-up in memory, so readers
 * go on at once where they can.
 */
export type Awaitable<Value> = Value | Promise<Value>;

/** Recognises a promise as `await` does, by its `then`, so that a promise of another library or realm counts too. */
export function isPending<Value>(answer: Awaitable<Value>): answer is Promise<Value> {
  return typeof (answer as { readonly then?: unknown } | null | undefined)?.then === "function";
}

/**
 * Asks, and calls `next` with the answer or `failed` with the fault: in the same turn if the answer is already there. A
 * question that throws has failed like one whose promise rejects.
 */
export function whenAnswered<Value>(
  ask: () => Awaitable<Value>,
  next: (value: Value) => void,
  failed: (error: unknown) => void,
): void {
  let answer: Awaitable<Value>;
  try {
    answer = ask();
  } catch (error) {
    failed(error);
    return;
  }
  if (isPending(answer)) answer.then(next, failed);
  else next(answer);
}

/**
 * Calls `next` with the answer: at once if it is there, otherwise when it comes. An error of `next` is thrown, or
 * rejects the promise.
 */
export function after<Value, Result>(
  answer: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  // A promise of another library is sure to have `then` only.
  return isPending(answer) ? Promise.resolve(answer).then(next) : next(answer);
}
