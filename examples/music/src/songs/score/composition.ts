import type { InstrumentName } from "../synthesis/instruments.ts";
import type { Pitch } from "./pitch.ts";

/** What one instrument does, bar after bar. */
export interface Part {
  readonly instrument: InstrumentName;
  /**
   * A character for each step, over and over: `.` rests and `-` holds on; a digit is the tone of the chord of that
   * index and `*` the whole chord; `r`, `R` and `f` are the bass, its octave and its fifth; `m` is the next note of a
   * melody. Strokes and spaces are for the eye. A drum kit has letters of its own.
   */
  readonly pattern: string;
  /** The lowest pitch. */
  readonly lowest: Pitch;
  /** How loud it is, against 1. */
  readonly gain: number;
  /** From -1, left, to 1, right. In the middle by default. */
  readonly pan?: number;
  /** How much of it echoes, in time with the song. None by default. */
  readonly echo?: number;
  /** How much of it the room gives back. 0.25 by default. */
  readonly reverb?: number;
}

/** One time through a progression, and who plays in it. */
export interface Section {
  /** The name of a progression. */
  readonly chords: string;
  /** The names of parts, between spaces. */
  readonly parts: string;
  /** Another number gives its melodies other notes. */
  readonly variation?: number;
}

/** A song as it is written down. What the seed decides are its melodies and the small unevenness of its players. */
export interface Composition {
  readonly id: string;
  readonly title: string;
  readonly artist: string;
  readonly beatsPerMinute: number;
  readonly beatsPerBar: number;
  readonly stepsPerBeat: number;
  /** By how much of a step every second one comes late. */
  readonly swing?: number;
  /** What melodies move in, such as "F major". */
  readonly scale: string;
  /** For how long the room rings, from 0 to 1. */
  readonly room: number;
  /** What the mix is multiplied by, so that one song is as loud as the next. */
  readonly loudness: number;
  /** Bars between strokes, by name: "Fmaj7 | Gm7 C7". */
  readonly progressions: Readonly<Record<string, string>>;
  readonly parts: Readonly<Record<string, Part>>;
  readonly form: readonly Section[];
}
