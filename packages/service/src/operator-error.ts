/** How a service reports what its operator can mend: its own kind of error, with a code and a message for people. */
export type OperatorErrorClass = new (
  code: "invalid_configuration" | "cannot_listen",
  message: string,
  options?: ErrorOptions,
) => Error;

/** The code of a system's error, such as "ENOENT". */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
