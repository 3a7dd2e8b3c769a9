import { CoatcheckError } from "coatcheck";
import { expect, vi } from "vitest";
import { effectiveEnd, type History, isAcknowledged, type Sighting, type TrackedSession } from "./history.ts";
import { look } from "./load.ts";
import type { RedisNode, RedisNodes } from "./redis-node.ts";

export interface Allowance {
  /**
   * The server's last writes may be gone with it, as a replica that takes over may not have had them. Then logins may
   * be lost, and a node that did not hear of a revocation may accept the session until the channel has recovered.
   */
  readonly lastWritesLost?: boolean;
}

const GRACE_MILLISECONDS = 3_000;
const RECOVERY_MILLISECONDS = 15_000;
const LOOKS_AT_A_TIME = 40;

/**
 * Looks at every session once more, on every node and on a new one that remembers nothing, and requires of all that was
 * ever seen that nothing was pretended.
 */
export async function requireHonest(
  history: History,
  nodes: RedisNodes,
  { lastWritesLost = false }: Allowance = {},
): Promise<void> {
  requireProperFailures(history);
  for (const session of history.sessions) {
    requireNone("accepted after its end", session, sightingsAfterTheEnd(history, session, lastWritesLost));
    if (!lastWritesLost) requireNone("refused before its end", session, lossesOf(history, session));
  }
  await nodes.join();
  const requireNow = () => requireHonestNow(history, nodes.all, lastWritesLost);
  if (!lastWritesLost) return requireNow();
  await vi.waitFor(requireNow, { timeout: RECOVERY_MILLISECONDS, interval: 200 });
}

function requireProperFailures(history: History): void {
  for (const { what, node, startedAt, endedAt, fault } of history.failed) {
    const code = fault instanceof CoatcheckError ? fault.code : null;
    expect(["store_unavailable", "store_conflict"], `${what} failed with ${fault}`).toContain(code);
    expect(endedAt - startedAt, `${what} in time`).toBeLessThan(node.deadlineMilliseconds + GRACE_MILLISECONDS);
  }
}

async function requireHonestNow(history: History, nodes: readonly RedisNode[], lastWritesLost: boolean): Promise<void> {
  const now = performance.now();
  for (let index = 0; index < history.sessions.length; index += LOOKS_AT_A_TIME) {
    const some = history.sessions.slice(index, index + LOOKS_AT_A_TIME);
    await Promise.all(some.flatMap((session) => nodes.map((node) => look(history, node, session))));
  }
  for (const session of history.sessions) {
    const last = session.sightings.filter(({ startedAt }) => startedAt >= now);
    expect(last, "nodes that answered").toHaveLength(nodes.length);
    const isEnded = history.certainEndings(session).length > 0;
    requireNone("accepted after its end", session, isEnded ? last.filter(isAccepted) : []);
    if (lastWritesLost) continue;
    requireNone("refused before its end", session, lossesOf(history, session));
    requireNone(
      "of outdated data",
      session,
      last.filter((sighting) => isOutdated(session, sighting)),
    );
  }
}

function requireNone(what: string, session: TrackedSession, sightings: readonly Sighting[]): void {
  const told = sightings.map(({ status, startedAt, endedAt }) => `${status}, ${startedAt} to ${endedAt} ms`);
  expect(told, `${session.id}, ${what}`).toEqual([]);
}

/** Every node has to refuse at once; or, if last writes may be lost, the node that ended the session. */
function sightingsAfterTheEnd(history: History, session: TrackedSession, sameNodeOnly: boolean): readonly Sighting[] {
  const endings = history.certainEndings(session);
  return session.sightings.filter(
    (sighting) =>
      isAccepted(sighting) &&
      endings.some(({ node, endedAt }) => endedAt < sighting.startedAt && (!sameNodeOnly || node === sighting.node)),
  );
}

/** Where the session was gone although no call that ends it had begun. */
function lossesOf(history: History, session: TrackedSession): readonly Sighting[] {
  const endings = [...session.endings, ...history.revokeAllsAround(session)];
  return session.sightings.filter(
    (sighting) => !isAccepted(sighting) && !endings.some(({ startedAt }) => startedAt < sighting.endedAt),
  );
}

/** Whether data was seen that a later, acknowledged write had replaced. */
function isOutdated(session: TrackedSession, sighting: Sighting): boolean {
  if (!isAccepted(sighting)) return false;
  const seen = session.writes.find(({ value }) => value === sighting.data?.value);
  const seenEnd = seen === undefined ? Number.NEGATIVE_INFINITY : effectiveEnd(seen);
  return session.writes.some(
    (write) => isAcknowledged(write) && write.startedAt > seenEnd && write.endedAt < sighting.startedAt,
  );
}

function isAccepted({ status }: Sighting): boolean {
  return status === "authenticated";
}
