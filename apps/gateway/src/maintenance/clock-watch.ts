import type { SessionManager } from "coatcheck";
import { MAXIMUM_CLOCK_SKEW_SECONDS } from "coatcheck/store";
import type { FastifyBaseLogger } from "fastify";

/** Identity tokens live for a minute: a service whose clock is right would begin to refuse ours. */
const LOGGED_FROM_SECONDS = 5;

/**
 * Compares the clock of this machine with that of the sessions, and says so in the log when they differ. A store that
 * does not answer is told of elsewhere.
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
