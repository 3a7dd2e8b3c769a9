import { median } from "../median.ts";
import type { Results } from "../results.ts";
import type { Comparison, Samples } from "./compare.ts";

/** What is asked of one contestant, as a share of another or a multiple of it. */
export interface Aim {
  readonly of: string;
  readonly to: string;
  /** Of the CPU that `to` needs for a request through the CPU that `of` needs, and of the rates. */
  readonly atLeast: number;
}

/**
 * All contestants, with their share of a base by rate and by CPU, and what was asked beside what came out. A share is the
 * median of each round's: what slows the machine down for a while slows both.
 */
export function addComparison(
  results: Results,
  comparison: Comparison,
  baseOf: (name: string) => string | undefined,
): void {
  const { samples } = comparison;
  results.addNotes([...comparison.notes, clientNote(samples)]);
  results.addTable(
    ["One process", "requests/s", "CPU µs a request", "of bare by CPU", "of bare by rate", "p50 ms", "p99 ms", "MB"],
    [...samples].map(([name, own]) => {
      const base = samples.get(baseOf(name) ?? "");
      return [
        name,
        Math.round(median(own.requestsPerSecond)).toLocaleString("en"),
        median(own.cpuMicroseconds).toFixed(1),
        base === undefined ? "–" : cpuShare(own, base).toFixed(2),
        base === undefined ? "–" : rateShare(own, base).toFixed(2),
        median(own.p50Milliseconds).toFixed(2),
        median(own.p99Milliseconds).toFixed(2),
        own.residentMegabytes.toFixed(0),
      ];
    }),
  );
}

/** Leaves out those of whose two contestants one was not asked for. */
export function addAims(results: Results, { samples }: Comparison, aims: readonly Aim[]): void {
  const rows = aims.flatMap(({ of, to, atLeast }) => {
    const [own, base] = [samples.get(of), samples.get(to)];
    if (own === undefined || base === undefined) return [];
    const byCpu = cpuShare(own, base);
    const byRate = rateShare(own, base);
    const met = [byCpu, byRate].filter((share) => share >= atLeast).length;
    const verdict = met === 2 ? "met" : met === 1 ? "half" : "missed";
    return [[`${of} : ${to}`, `≥ ${atLeast.toFixed(2)}`, byCpu.toFixed(2), byRate.toFixed(2), verdict]];
  });
  if (rows.length > 0) results.addTable(["Aim", "asked", "by CPU", "by rate", ""], rows);
}

function cpuShare(own: Samples, base: Samples): number {
  return median(own.cpuMicroseconds.map((cpu, round) => (base.cpuMicroseconds[round] ?? Number.NaN) / cpu));
}

function rateShare(own: Samples, base: Samples): number {
  return median(own.requestsPerSecond.map((rate, round) => rate / (base.requestsPerSecond[round] ?? Number.NaN)));
}

function clientNote(samples: ReadonlyMap<string, Samples>): string {
  const [name, share] = [...samples]
    .map(([name, { clientCpu }]) => [name, median(clientCpu)] as const)
    .reduce((highest, each) => (each[1] > highest[1] ? each : highest));
  return `The client used at most ${Math.round(share * 100)} % of its core (${name}).`;
}
