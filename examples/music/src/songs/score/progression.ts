import { type Chord, parseChord } from "./chord.ts";

/** The chords of one bar. They share it evenly. */
export type Bar = readonly Chord[];

/** Reads "Fmaj7 | Gm7 C7": bars between strokes. @throws SyntaxError */
export function parseProgression(text: string): readonly Bar[] {
  return text.split("|").map((bar) => bar.trim().split(/\s+/).map(parseChord));
}

/** The chord that sounds at a step of a bar. */
export function chordAt(bar: Bar, step: number, stepsPerBar: number): Chord {
  const chord = bar[Math.floor((step * bar.length) / stepsPerBar)];
  if (chord === undefined) throw new RangeError(`A bar has no step ${step}.`);
  return chord;
}
