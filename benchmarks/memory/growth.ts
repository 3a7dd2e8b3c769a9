import { setTimeout as pause } from "node:timers/promises";
import type { HttpContestant } from "../http/contestant.ts";
import { expectAnswer } from "../http/expect-answer.ts";
import type { Client } from "../http/load.ts";

const CONNECTIONS = 64;
const SECONDS_PER_TURN = 1;

export interface GrowthPace {
  readonly requests: number;
  /** Enough that all code is compiled and every cache filled: what comes after that is growth. */
  readonly warmUpRequests: number;
  /** Timers of connections and of deadlines that have gone by have run until then. */
  readonly settleMilliseconds: number;
}

export const MILLION: GrowthPace = { requests: 1_000_000, warmUpRequests: 50_000, settleMilliseconds: 6_000 };
export const QUICK: GrowthPace = { requests: 100_000, warmUpRequests: 10_000, settleMilliseconds: 1_000 };

export interface Growth {
  readonly requests: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** How much more heap is in use after so many requests, collected before it is looked at. */
export async function growthOf(
  client: Client,
  contestant: HttpContestant,
  heapBytes: () => Promise<number>,
  { requests, warmUpRequests, settleMilliseconds }: GrowthPace,
): Promise<Growth> {
  const settled = async () => {
    await pause(settleMilliseconds);
    return heapBytes();
  };
  await expectAnswer(contestant);
  await ask(client, contestant, warmUpRequests);
  const bytesBefore = await settled();
  const asked = await ask(client, contestant, requests);
  const bytesAfter = await settled();
  await expectAnswer(contestant);
  return { requests: asked, bytesBefore, bytesAfter };
}

async function ask(client: Client, { name, port, requests }: HttpContestant, count: number): Promise<number> {
  let answers = 0;
  while (answers < count) {
    const result = await client.run({ port, requests, connections: CONNECTIONS, seconds: SECONDS_PER_TURN });
    const { refused, failed } = result;
    if (refused + failed > 0 || result.answers === 0) throw new Error(`${name}: ${refused + failed} requests failed.`);
    answers += result.answers;
  }
  return answers;
}
