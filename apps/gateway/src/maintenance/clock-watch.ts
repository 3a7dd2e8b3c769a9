import type { SessionManager } from "coatcheck";
import { MAXIMUM_CLOCK_SKEW_SECONDS } from "coatcheck/store";
import type { FastifyBaseLogger } from "fastify";

/**
 * Identity tokens live for a minute: with a larger difference, a service whose clock is right would begin to refuse
 * them.
 */
const LOGGED_FROM_SECONDS = 5;

/**
 * Compares this machine's clock with that of the session store, and logs a difference. A store that does not answer is
 * reported elsewhere.
 */
export async function watchClock(sessions: SessionManager, log: FastifyBaseLogger): Promise<void> {
  await sessions.checkReadiness().catch(() => {});
  const skewSeconds = Math.round((sessions.clockSkewMilliseconds ?? 0) / 1_000);
  if (Math.abs(skewSeconds) < LOGGED_FROM_SECONDS) return;
  const isOff = Math.abs(skewSeconds) > MAXIMUM_CLOCK_SKEW_SECONDS;
  const line = { event: "clock_skewed", skewSeconds };
  if (isOff) log.error(line, "this machine's clock is too far off: logins and requests are answered 503");
  else log.warn(line, "the clock of this machine differs from that of the sessions");
}
