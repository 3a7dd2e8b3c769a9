/** The error by which a service reports a fault that its operator can fix: with a code, and a message for people. */
export type OperatorErrorClass = new (
  code: "invalid_configuration" | "cannot_listen",
  message: string,
  options?: ErrorOptions,
) => Error;

/** The code of a system's error, such as "ENOENT". */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
