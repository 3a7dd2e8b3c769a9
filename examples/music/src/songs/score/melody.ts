import type { Random } from "../random.ts";
import { type Chord, nearestTone } from "./chord.ts";
import { type Pitch, type PitchClass, pitchesBetween } from "./pitch.ts";

const RANGE_SEMITONES = 17;
/** Mostly by step. A line that leaps all the time is no tune. */
const MOVES = [-1, -1, -1, -1, 1, 1, 1, 1, 0, -2, 2, 2] as const;

/**
 * Melody wanders through a scale. On what the ear counts as strong it lands on a tone of the chord; in between it may
 * pass over anything in the scale.
 */
export class Melody {
  readonly #ladder: readonly Pitch[];
  #rung: number;

  constructor(scale: ReadonlySet<PitchClass>, lowest: Pitch) {
    this.#ladder = pitchesBetween(scale, lowest, RANGE_SEMITONES);
    this.#rung = Math.floor(this.#ladder.length / 2);
  }

  /** Back to the middle of its range, as each phrase begins. */
  begin(): void {
    this.#rung = Math.floor(this.#ladder.length / 2);
  }

  next(chord: Chord, isStrong: boolean, random: Random): Pitch {
    const highest = this.#ladder.length - 1;
    const wanted = this.#rung + random.pick(MOVES);
    // What would leave the range is turned back into it.
    this.#rung = Math.abs(wanted) > highest ? 2 * highest - wanted : Math.abs(wanted);
    const pitch = this.#ladder[this.#rung] ?? 0;
    return isStrong ? nearestTone(chord, pitch) : pitch;
  }
}
