/**
 * The errors of a server that is not, or no longer, a primary: it became a replica, lost the primary it follows, or
 * lacks the replicas that it needs to accept writes. Before Redis 7 the word is inside the error of a script.
 */
const NOT_PRIMARY = /(?:^|[\s-])(?:READONLY|MASTERDOWN|NOREPLICAS) /;

/** Whether the error means that the store has to ask another server: the name may lead to a new primary by now. */
export function isNotPrimaryError(error: unknown): boolean {
  // An error may be of another realm, as under Jest.
  const isError = typeof error === "object" && error !== null && "message" in error;
  return isError && NOT_PRIMARY.test(String(error.message));
}
