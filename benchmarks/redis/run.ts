import { RedisServer } from "@coatcheck/throwaway-servers";
import { SessionManager } from "coatcheck";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { fill } from "../fill.ts";
import { inLanes } from "../lanes.ts";
import { type Contestant, measure } from "../measure.ts";
import { printTable, report } from "../report.ts";

const SESSIONS = 100_000;
const IN_FLIGHT = 256;
const ROUNDS = 15;
const MILLISECONDS_PER_TURN = 500;
const BASELINE = "HGET by the client alone";

/** How much of what Redis and its client can do is left once sessions are authenticated? */
export async function runRedis(): Promise<void> {
  const server = await RedisServer.start();
  const client = new Redis(server.url, { ...ioredisOptions, lazyConnect: true });
  await client.connect();
  const store = await RedisSessionStore.open({ client });
  report(`logging in ${SESSIONS.toLocaleString("en")} sessions`);
  const tokens = await fill(store, SESSIONS);
  const sessions = new SessionManager({ store });

  const contestants = [
    // As a client is used that knows nothing of sessions: the reply as text.
    contestant(BASELINE, tokens, async ({ key, sessionId }) => (await client.hget(key, sessionId)) !== null),
    contestant("HGET by the client alone, reply as bytes", tokens, async ({ key, sessionId }) => {
      return (await client.hgetBuffer(key, sessionId)) !== null;
    }),
    contestant("authenticate()", tokens, async ({ token }) => {
      return (await sessions.authenticate(token)).status === "authenticated";
    }),
  ];
  const measurements = await measure(contestants, {
    rounds: ROUNDS,
    millisecondsPerTurn: MILLISECONDS_PER_TURN,
    onRound: (round) => report(`round ${round} of ${ROUNDS}`),
  });
  const baseline = measurements.find(({ name }) => name === BASELINE)?.nanosecondsPerOperation ?? Number.NaN;
  printTable(
    [`Redis, ${IN_FLIGHT} in flight`, "per second", `of the rate of ${BASELINE}`],
    measurements.map(({ name, nanosecondsPerOperation: nanoseconds }) => [
      name,
      Math.round(1e9 / nanoseconds).toLocaleString("en"),
      `${((100 * baseline) / nanoseconds).toFixed(0)} %`,
    ]),
  );
  store.close();
  client.disconnect();
  await server.stop();
}

interface KnownSession {
  readonly token: string;
  readonly key: string;
  readonly sessionId: string;
}

function contestant(
  name: string,
  tokens: readonly string[],
  isFound: (session: KnownSession) => Promise<boolean>,
): Contestant {
  const sessions = tokens.map((token) => ({
    token,
    key: `coatcheck:${token.slice(0, 20)}`,
    sessionId: token.slice(20, 32),
  }));
  let turn: KnownSession[] = [];
  return {
    name,
    prepare(operations) {
      turn = Array.from(
        { length: operations },
        () => sessions[Math.floor(Math.random() * sessions.length)] as KnownSession,
      );
    },
    async run(operations) {
      await inLanes(operations, IN_FLIGHT, async (index) => {
        if (!(await isFound(turn[index] as KnownSession))) throw new Error("A session was not found.");
      });
    },
  };
}
