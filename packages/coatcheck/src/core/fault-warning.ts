/**
 * Reports an error that has no caller as a process warning. The error is passed as text: an error of another realm, as
 * under Jest, is no Error to `process.emitWarning`, which would then throw in a place that must not fail.
 */
export function warnOfFault(error: unknown): void {
  const { message, stack } = textOf(error);
  process.emitWarning(message, { type: "CoatcheckWarning", ...(stack === undefined ? {} : { detail: stack }) });
}

/** A thrown value need not be an error, and need not have a text. */
function textOf(error: unknown): { readonly message: string; readonly stack?: string } {
  try {
    const { stack } = Object(error) as { stack?: unknown };
    return { message: String(error), ...(typeof stack === "string" ? { stack } : {}) };
  } catch {
    return { message: "Something was thrown that cannot be written as text." };
  }
}
