import { printTable, report } from "../report.ts";
import { crashTrials, restoreTrials, type Trial } from "./crash-trials.ts";
import { failoverTrial } from "./failover-trials.ts";

const TRIALS = 10;
const FAILOVERS = 5;

/** What of an acknowledged revocation is left after a crash, a failover or a restore? */
export async function runDurability(): Promise<void> {
  printTable(
    ["the server is killed right after a revocation", "undone"],
    await Promise.all(crashTrials.map(([name, trial]) => countUndone(name, trial))),
  );
  console.log("");
  printTable(
    ["a backup is restored", "undone"],
    await Promise.all(restoreTrials.map(([name, trial]) => countUndone(name, trial))),
  );
  console.log("");
  printTable(
    [
      "Sentinel fails over right after a revocation",
      "undone",
      "passes at the revoker",
      "repaired",
      "WAIT said it is safe",
    ],
    [
      await failovers("the replica keeps up", { lags: false, asksToWait: false }),
      await failovers("the replica lags behind", { lags: true, asksToWait: false }),
      await failovers("the replica keeps up, WAIT 1", { lags: false, asksToWait: true }),
      await failovers("the replica lags behind, WAIT 1", { lags: true, asksToWait: true }),
    ],
  );
}

async function countUndone(name: string, trial: Trial): Promise<string[]> {
  let undone = 0;
  for (let count = 0; count < TRIALS; count += 1) if (await trial()) undone += 1;
  report(name);
  return [name, `${undone} of ${TRIALS}`];
}

async function failovers(name: string, options: Parameters<typeof failoverTrial>[0]): Promise<string[]> {
  const outcomes: Awaited<ReturnType<typeof failoverTrial>>[] = [];
  while (outcomes.length < FAILOVERS) {
    try {
      outcomes.push(await failoverTrial(options));
    } catch (error) {
      // On a machine that stands still for a second, Sentinels fail over although no test asked them to.
      report(`${name}: a trial failed and is repeated: ${error instanceof Error ? error.message : error}`);
    }
  }
  report(name);
  const count = (isCounted: (outcome: (typeof outcomes)[number]) => boolean | null) =>
    `${outcomes.filter((outcome) => isCounted(outcome)).length} of ${FAILOVERS}`;
  return [
    name,
    count(({ isUndone }) => isUndone),
    count(({ passesAtRevoker }) => passesAtRevoker),
    count(({ isRepaired }) => isRepaired),
    options.asksToWait ? count(({ isReplicated }) => isReplicated) : "not asked",
  ];
}
