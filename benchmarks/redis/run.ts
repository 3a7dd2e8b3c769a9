import { RedisServer } from "@coatcheck/throwaway-servers";
import { ioredisOptions, RedisSessionStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { fill } from "../fill.ts";
import { authenticating, type KnownSession, lookupContestant } from "../lookups.ts";
import { measure } from "../measure.ts";
import { printTable, report } from "../report.ts";

const SESSIONS = 100_000;
const IN_FLIGHT = 256;
const ROUNDS = 15;
const MILLISECONDS_PER_TURN = 500;
const BASELINES = { ioredis: "ioredis, HGET alone", redis: "redis, HGET alone" } as const;

/** How much of what Redis and its client can do is left once sessions are authenticated? */
export async function runRedis(): Promise<void> {
  const server = await RedisServer.start();
  const viaIoredis = new Redis(server.url, { ...ioredisOptions, lazyConnect: true });
  const viaNodeRedis = await createClient({ url: server.url, disableOfflineQueue: true }).connect();
  await viaIoredis.connect();
  const [ioredisStore, nodeRedisStore] = [
    await RedisSessionStore.open({ client: viaIoredis }),
    await RedisSessionStore.open({ client: viaNodeRedis }),
  ];
  report(`logging in ${SESSIONS.toLocaleString("en")} sessions`);
  const tokens = await fill(ioredisStore, SESSIONS);
  const contestant = (name: string, isFound: (session: KnownSession) => Promise<boolean>) =>
    lookupContestant(name, tokens, { inFlight: IN_FLIGHT, isFound });
  const keyOf = ({ userKey }: KnownSession) => `coatcheck:${userKey}`;

  const contestants = [
    // As clients are used that know nothing of sessions: the reply as text, and no options.
    contestant(BASELINES.ioredis, async (session) => {
      return (await viaIoredis.hget(keyOf(session), session.sessionId)) !== null;
    }),
    contestant("ioredis, HGET alone, reply as bytes", async (session) => {
      return (await viaIoredis.hgetBuffer(keyOf(session), session.sessionId)) !== null;
    }),
    contestant("ioredis, authenticate()", authenticating(ioredisStore)),
    contestant(BASELINES.redis, async (session) => {
      return (await viaNodeRedis.hGet(keyOf(session), session.sessionId)) !== null;
    }),
    contestant("redis, authenticate()", authenticating(nodeRedisStore)),
  ];
  const measurements = await measure(contestants, {
    rounds: ROUNDS,
    millisecondsPerTurn: MILLISECONDS_PER_TURN,
    onRound: (round) => report(`round ${round} of ${ROUNDS}`),
  });
  const timeOf = (name: string) =>
    measurements.find((each) => each.name === name)?.nanosecondsPerOperation ?? Number.NaN;
  printTable(
    [`Redis, ${IN_FLIGHT} in flight`, "per second", "of the rate of HGET by the same client"],
    measurements.map(({ name, nanosecondsPerOperation: nanoseconds }) => {
      const baseline = name.startsWith("ioredis") ? BASELINES.ioredis : BASELINES.redis;
      return [
        name,
        Math.round(1e9 / nanoseconds).toLocaleString("en"),
        `${((100 * timeOf(baseline)) / nanoseconds).toFixed(0)} %`,
      ];
    }),
  );
  ioredisStore.close();
  nodeRedisStore.close();
  viaIoredis.disconnect();
  viaNodeRedis.destroy();
  await server.stop();
}
