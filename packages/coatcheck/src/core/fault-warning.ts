/**
 * Tells the process of an error that nothing else is told of. As text: under Jest and in other realms, an error is none of
 * the Errors that `process.emitWarning` knows, and it would throw out of what must not fail.
 */
export function warnOfFault(error: unknown): void {
  const { message, stack } = textOf(error);
  process.emitWarning(message, { type: "CoatcheckWarning", ...(stack === undefined ? {} : { detail: stack }) });
}

/** Whatever was thrown: it may be no error, and may have nothing that becomes text. */
function textOf(error: unknown): { readonly message: string; readonly stack?: string } {
  try {
    const { stack } = Object(error) as { stack?: unknown };
    return { message: String(error), ...(typeof stack === "string" ? { stack } : {}) };
  } catch {
    return { message: "Something was thrown that cannot be written as text." };
  }
}
