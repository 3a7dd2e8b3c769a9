import { leaveFor } from "./leave-for.ts";
import { signInUrl } from "./next-url.ts";
import type { Outcome } from "./outcome.ts";

/** The answer to a request that needs a session. Without one, the page is left for the sign-in page. */
export async function orSignIn<Value>(answer: Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  const outcome = await answer;
  if (outcome.kind !== "refused" || outcome.status !== 401) return outcome;
  return leaveFor(signInUrl(location.pathname + location.search + location.hash));
}
