import { signInUrl } from "./next-url.ts";
import type { Outcome } from "./outcome.ts";

/**
 * Replaces this page by another one, also in the history. The promise never settles: callers that wait for it leave the
 * page as it is, so that nothing flickers while it goes away.
 */
export function navigate(url: string): Promise<never> {
  location.replace(url);
  return new Promise(() => {});
}

/** The answer to a request that needs a session. If there is none, the browser goes to the sign-in page instead. */
export async function redirectWithoutSession<Value>(answer: Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  const outcome = await answer;
  if (outcome.kind !== "refused" || outcome.status !== 401) return outcome;
  return navigate(signInUrl(location.pathname + location.search + location.hash));
}
