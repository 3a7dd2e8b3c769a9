import { report } from "../report.ts";
import type { HttpContestant } from "./contestant.ts";
import { coresNote } from "./cores.ts";
import { expectAnswer } from "./expect-answer.ts";
import type { Client } from "./load.ts";
import { cpuSecondsOf, residentMegabytesOf } from "./process-usage.ts";
import { startClient } from "./start-client.ts";

/** Nearer to a whole core than this, the client holds the contestant back. */
const CLIENT_CPU_LIMIT = 0.9;

export interface Pace {
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly secondsPerTurn: number;
}

export const FULL_PACE: Pace = { rounds: 9, warmUpRounds: 2, secondsPerTurn: 2 };
/** Two minutes for twenty contestants: enough to see a difference of a tenth. */
export const QUICK_PACE: Pace = { rounds: 3, warmUpRounds: 1, secondsPerTurn: 1 };

/** Of each round. Numbers at the same place of two contestants are of the same minute. */
export interface Samples {
  readonly requestsPerSecond: number[];
  readonly cpuMicroseconds: number[];
  readonly p50Milliseconds: number[];
  readonly p99Milliseconds: number[];
  /** Of the client, in cores. */
  readonly clientCpu: number[];
  residentMegabytes: number;
}

export interface Comparison {
  /** By the name of the contestant. */
  readonly samples: ReadonlyMap<string, Samples>;
  /** How it was measured, for the reader of the results. */
  readonly notes: readonly string[];
}

/**
 * Asks the contestants in turns, over many rounds: whatever else the machine does meets all of them alike. An answer that is
 * an error, or none, ends the benchmark: a refused request is a fast one.
 */
export async function compare(
  contestants: readonly HttpContestant[],
  connections: number,
  pace: Pace,
): Promise<Comparison> {
  const client = await startClient();
  const samples = new Map(contestants.map(({ name }) => [name, emptySamples()]));
  try {
    for (const contestant of contestants) await expectAnswer(contestant);
    for (let round = 1 - pace.warmUpRounds; round <= pace.rounds; round++) {
      report(round > 0 ? `round ${round} of ${pace.rounds}` : "warming up");
      for (const contestant of contestants) {
        const turn = await takeTurn(client, contestant, connections, pace.secondsPerTurn);
        const kept = samples.get(contestant.name);
        if (round <= 0 || kept === undefined) continue;
        kept.requestsPerSecond.push(turn.requestsPerSecond);
        kept.cpuMicroseconds.push(turn.cpuMicroseconds);
        kept.p50Milliseconds.push(turn.p50Milliseconds);
        kept.p99Milliseconds.push(turn.p99Milliseconds);
        kept.clientCpu.push(turn.clientCpu);
      }
    }
    for (const contestant of contestants) {
      // A client counts errors alone: a contestant that came to redirect would look fast.
      await expectAnswer(contestant);
      const kept = samples.get(contestant.name);
      if (kept !== undefined) kept.residentMegabytes = residentMegabytesOf(contestant.processes);
    }
  } finally {
    await client.stop();
  }
  return { samples, notes: [coresNote(), `Asked by ${client.name} over ${connections} connections.`] };
}

async function takeTurn(
  client: Client,
  { name, port, requests, processes }: HttpContestant,
  connections: number,
  seconds: number,
) {
  const before = cpuSecondsOf(processes);
  const result = await client.run({ port, requests, connections, seconds });
  const cpuSeconds = cpuSecondsOf(processes) - before;
  if (result.refused + result.failed > 0 || result.answers === 0) {
    throw new Error(
      `${name}: of ${result.answers} answers ${result.refused} were errors, and ${result.failed} requests failed.`,
    );
  }
  const clientCpu = result.clientCpuSeconds / result.seconds;
  if (clientCpu > CLIENT_CPU_LIMIT) {
    report(`${name}: the client used ${Math.round(clientCpu * 100)} % of its core, and may be what was measured`);
  }
  return {
    requestsPerSecond: result.answers / result.seconds,
    cpuMicroseconds: (cpuSeconds / result.answers) * 1e6,
    p50Milliseconds: result.p50Milliseconds,
    p99Milliseconds: result.p99Milliseconds,
    clientCpu,
  };
}

function emptySamples(): Samples {
  return {
    requestsPerSecond: [],
    cpuMicroseconds: [],
    p50Milliseconds: [],
    p99Milliseconds: [],
    clientCpu: [],
    residentMegabytes: 0,
  };
}
