import type { Pitch } from "./pitch.ts";

/** What an instrument is told to play. */
export interface Note {
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly pitch: Pitch;
  /** From 0 to 1. */
  readonly velocity: number;
  /** The character of the pattern: a drum kit goes by it. */
  readonly sign: string;
}
