/**
 * An answer that may be there already. To wait for one that is costs more than a look-up in memory, so what reads it goes
 * on at once where it can.
 */
export type Awaitable<Value> = Value | Promise<Value>;

/** By what `await` itself looks for, so that a promise of another library or realm is one, too. */
export function isPending<Value>(answer: Awaitable<Value>): answer is Promise<Value> {
  return typeof (answer as { readonly then?: unknown } | null | undefined)?.then === "function";
}

/**
 * Asks, and calls `next` with the answer or `failed` with the fault, in the same turn where it is there already. A question
 * that throws has failed like one whose promise rejects.
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

/** Goes on with the answer: at once if it is there, else when it comes. What `next` throws is thrown, or rejects. */
export function after<Value, Result>(
  answer: Awaitable<Value>,
  next: (value: Value) => Awaitable<Result>,
): Awaitable<Result> {
  // Of another library's promise, only `then` is sure to be there.
  return isPending(answer) ? Promise.resolve(answer).then(next) : next(answer);
}
