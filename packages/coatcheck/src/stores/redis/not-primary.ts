/**
 * What a server answers that is no primary, or not any more: one that became a replica, that lost the primary it
 * follows, or that lacks the replicas it must have to take writes. Before Redis 7 the word stands inside the error of a
 * script.
 */
const NOT_PRIMARY = /(?:^|[\s-])(?:READONLY|MASTERDOWN|NOREPLICAS) /;

/** Whether the answer means that another server is to be asked: the name may lead to a new primary by now. */
export function isNotPrimaryError(error: unknown): boolean {
  // An error may be of another realm, as under Jest.
  const isError = typeof error === "object" && error !== null && "message" in error;
  return isError && NOT_PRIMARY.test(String(error.message));
}
