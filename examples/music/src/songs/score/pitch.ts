/** A pitch as MIDI counts it: 60 is middle C, 69 the A of 440 Hz, one more is a semitone up. */
export type Pitch = number;

/** A pitch without its octave: 0 is C, 11 is B. */
export type PitchClass = number;

const NATURAL_NAMES: Readonly<Record<string, PitchClass>> = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const ACCIDENTALS: Readonly<Record<string, number>> = { "": 0, "#": 1, b: -1 };

const SCALES: Readonly<Record<string, readonly number[]>> = {
  major: [0, 2, 4, 5, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
  "major pentatonic": [0, 2, 4, 7, 9],
  "minor pentatonic": [0, 3, 5, 7, 10],
};

export function frequencyOf(pitch: Pitch): number {
  return 440 * 2 ** ((pitch - 69) / 12);
}

export function pitchClassOf(pitch: Pitch): PitchClass {
  return ((pitch % 12) + 12) % 12;
}

/** "F#" and "Gb" are the same key of a piano. @throws SyntaxError */
export function pitchClassNamed(name: string): PitchClass {
  const natural = NATURAL_NAMES[name.charAt(0)];
  const accidental = ACCIDENTALS[name.slice(1)];
  if (natural === undefined || accidental === undefined) throw new SyntaxError(`"${name}" names no pitch.`);
  return pitchClassOf(natural + accidental);
}

/** The pitch classes of "F major" or "A minor pentatonic". @throws SyntaxError */
export function scaleNamed(name: string): ReadonlySet<PitchClass> {
  const [tonic = "", ...kind] = name.split(" ");
  const steps = SCALES[kind.join(" ")];
  if (steps === undefined) throw new SyntaxError(`"${name}" names no scale.`);
  return new Set(steps.map((step) => pitchClassOf(pitchClassNamed(tonic) + step)));
}

/** Every pitch from `lowest` up to, but not including, `lowest + span` that is one of the classes. */
export function pitchesBetween(classes: ReadonlySet<PitchClass>, lowest: Pitch, span: number): readonly Pitch[] {
  return Array.from({ length: span }, (_, step) => lowest + step).filter((pitch) => classes.has(pitchClassOf(pitch)));
}
