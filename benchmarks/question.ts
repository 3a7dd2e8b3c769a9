import type { Pace } from "./http/compare.ts";
import type { Results } from "./results.ts";

/** What the command line asks of a question that is measured over HTTP. */
export interface Asked {
  readonly pace: Pace;
  readonly quick: boolean;
  /** Whether a contestant is wanted: all are, but for `--only`. */
  readonly wants: (name: string) => boolean;
  /** The folder of another checkout, whose build is measured beside this one. */
  readonly otherBuild: string | undefined;
}

/** Measures, and writes down what it found. */
export type Question = (asked: Asked, results: Results) => Promise<void>;
