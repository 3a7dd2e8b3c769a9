import { median } from "./median.ts";
/** One way of doing the thing that is measured. */
export interface Contestant {
  readonly name: string;
  /** Makes ready, untimed, what so many operations will be given. */
  readonly prepare?: (operations: number) => void;
  /** Does the operation so many times, one after the other, and fails if any of them does not do what it should. */
  readonly run: (operations: number) => Promise<void>;
}

export interface Measurement {
  readonly name: string;
  /** The median over all rounds. */
  readonly nanosecondsPerOperation: number;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** How long one contestant runs in one round, roughly. */
  readonly millisecondsPerTurn: number;
  readonly onRound?: (round: number) => void;
}

/**
 * Measures the contestants in turns, over many rounds: whatever else the machine does meets all of them alike, and the
 * median leaves out what it met one of them with. Only the ratios of one run mean anything; the times are of the day.
 */
export async function measure(
  contestants: readonly Contestant[],
  options: MeasureOptions,
): Promise<readonly Measurement[]> {
  const operations = new Map<Contestant, number>();
  for (const contestant of contestants) operations.set(contestant, await calibrate(contestant, options));

  const samples = new Map<Contestant, number[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const contestant of contestants) {
      const count = operations.get(contestant) ?? 1;
      samples.get(contestant)?.push(await timeOf(contestant, count));
    }
    options.onRound?.(round + 1);
  }
  return contestants.map((contestant) => ({
    name: contestant.name,
    nanosecondsPerOperation: median(samples.get(contestant) ?? []),
  }));
}

/** Finds how many operations fill a turn, and warms the code up on the way. */
async function calibrate(contestant: Contestant, { millisecondsPerTurn }: MeasureOptions): Promise<number> {
  let operations = 100;
  for (;;) {
    const milliseconds = ((await timeOf(contestant, operations)) * operations) / 1e6;
    if (milliseconds >= millisecondsPerTurn / 2) {
      return Math.max(1, Math.round((operations * millisecondsPerTurn) / milliseconds));
    }
    operations *= 2;
  }
}

/** Nanoseconds per operation of one turn. */
async function timeOf(contestant: Contestant, operations: number): Promise<number> {
  contestant.prepare?.(operations);
  const start = process.hrtime.bigint();
  await contestant.run(operations);
  return Number(process.hrtime.bigint() - start) / operations;
}
