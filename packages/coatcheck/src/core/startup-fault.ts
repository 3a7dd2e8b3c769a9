import { CoatcheckError } from "../errors.ts";

/**
 * Runs the steps of a store before its first request, with the driver's reason in the message if they fail: the person
 * who starts the application reads it, often as one line of a log. Faults of later calls keep the reason in `cause`
 * alone, because some frameworks send the message of an error to the client.
 */
export async function withReason<Result>(opening: Promise<Result>): Promise<Result> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof CoatcheckError) || error.code !== "store_unavailable") throw error;
    const reason = reasonOf(error.cause);
    if (reason === "") throw error;
    throw new CoatcheckError("store_unavailable", `${error.message.replace(/\.$/, "")}: ${reason}.`, {
      cause: error.cause,
    });
  }
}

/** The driver's message. If it tried several addresses, its error has no message of its own. */
function reasonOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return "";
  const { message, errors, code } = cause as { message?: unknown; errors?: unknown; code?: unknown };
  const all = Array.isArray(errors) ? errors.map(reasonOf) : [];
  const words = [message, all.join(", "), code].find((text) => typeof text === "string" && text !== "");
  return typeof words === "string" ? words.replace(/\.$/, "") : "";
}
