import { SessionManager, standardPolicy } from "coatcheck";
import { MemorySessionStore } from "coatcheck/stores/memory";
import { NearCacheSessionStore } from "coatcheck/stores/near-cache";
import { type Contestant, measure } from "../measure.ts";
import { printTable, report } from "../report.ts";

const SESSIONS = 5_000;
const ROUNDS = 15;
const MILLISECONDS_PER_TURN = 200;
const BASELINE = "memory";
/** Long enough to be hit by all requests of a turn: what a miss costs is the store's affair. */
const STALENESS_MILLISECONDS = 60_000;

/** What does a request cost that a near-cache answers? */
export async function runNearCache(): Promise<void> {
  const memory = new MemorySessionStore();
  const cache = new NearCacheSessionStore({ store: memory, maxStalenessMilliseconds: STALENESS_MILLISECONDS });
  const sessions = new SessionManager({ store: memory });
  const tokens: string[] = [];
  for (let index = 0; index < SESSIONS; index += 1) {
    const login = await sessions.login(await sessions.begin(`user-${index}`));
    if (login.outcome !== "logged_in") throw new Error(`Filling the store failed: ${login.outcome}.`);
    tokens.push(login.token);
  }
  const contestants = [
    contestant(BASELINE, new SessionManager({ store: memory, policy: standardPolicy }), tokens),
    contestant("near-cache, hit", new SessionManager({ store: cache, policy: standardPolicy }), tokens),
  ];
  const measurements = await measure(contestants, {
    rounds: ROUNDS,
    millisecondsPerTurn: MILLISECONDS_PER_TURN,
    onRound: (round) => report(`round ${round} of ${ROUNDS}`),
  });
  const baseline = measurements[0]?.nanosecondsPerOperation ?? Number.NaN;
  printTable(
    ["authenticate()", "µs", `× ${BASELINE}`],
    measurements.map(({ name, nanosecondsPerOperation: nanoseconds }) => [
      name,
      (nanoseconds / 1_000).toFixed(2),
      (nanoseconds / baseline).toFixed(2),
    ]),
  );
}

function contestant(name: string, sessions: SessionManager, tokens: readonly string[]): Contestant {
  return {
    name,
    async run(operations) {
      for (let index = 0; index < operations; index += 1) {
        const token = tokens[Math.floor(Math.random() * tokens.length)] ?? "";
        const result = await sessions.authenticate(token, { slide: false });
        if (result.status !== "authenticated") throw new Error(`A session was refused: ${result.reason}.`);
      }
    },
  };
}
