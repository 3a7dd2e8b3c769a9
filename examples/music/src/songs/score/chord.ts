import { type Pitch, type PitchClass, pitchClassNamed, pitchClassOf, pitchesBetween } from "./pitch.ts";

/** A chord as a lead sheet has it: "Dm9", or "C/E" over another bass. */
export interface Chord {
  readonly root: PitchClass;
  readonly bass: PitchClass;
  readonly tones: ReadonlySet<PitchClass>;
  /** What is played above the bass. */
  readonly voicing: ReadonlySet<PitchClass>;
}

const MAJOR_SEVENTH = 11;
const MOST_TONES_WITH_ROOT = 4;

const QUALITIES: Readonly<Record<string, readonly number[]>> = {
  "": [0, 4, 7],
  m: [0, 3, 7],
  "6": [0, 4, 7, 9],
  m6: [0, 3, 7, 9],
  "7": [0, 4, 7, 10],
  m7: [0, 3, 7, 10],
  maj7: [0, 4, 7, MAJOR_SEVENTH],
  m7b5: [0, 3, 6, 10],
  "7b9": [0, 4, 7, 10, 1],
  "9": [0, 4, 7, 10, 2],
  m9: [0, 3, 7, 10, 2],
  maj9: [0, 4, 7, MAJOR_SEVENTH, 2],
  "13": [0, 4, 10, 2, 9],
  add9: [0, 4, 7, 2],
  sus2: [0, 2, 7],
  sus4: [0, 5, 7],
  "7sus4": [0, 5, 7, 10],
};

const SYMBOL = /^([A-G][#b]?)([^/]*)(?:\/([A-G][#b]?))?$/;

/** @throws SyntaxError */
export function parseChord(symbol: string): Chord {
  const [, rootName = "", quality = "", bassName = rootName] = SYMBOL.exec(symbol) ?? [];
  const intervals = QUALITIES[quality];
  if (rootName === "" || intervals === undefined) throw new SyntaxError(`"${symbol}" is no chord.`);
  const root = pitchClassNamed(rootName);
  const classes = (wanted: readonly number[]) => new Set(wanted.map((interval) => pitchClassOf(root + interval)));
  // Close together, a root rubs against its major seventh, and five tones are mud. The bass plays the root anyway.
  const omitsRoot = intervals.length > MOST_TONES_WITH_ROOT || intervals.includes(MAJOR_SEVENTH);
  return {
    root,
    bass: pitchClassNamed(bassName),
    tones: classes(intervals),
    voicing: classes(omitsRoot ? intervals.slice(1) : intervals),
  };
}

/**
 * The chord in the octave above `lowest`. Each tone of the next chord is then near one of this, as hands on a keyboard
 * would play it.
 */
export function voice(chord: Chord, lowest: Pitch): readonly Pitch[] {
  return pitchesBetween(chord.voicing, lowest, 12);
}

/** The tone of that index, counted up from `lowest` and on into the next octaves. */
export function toneAt(chord: Chord, lowest: Pitch, index: number): Pitch {
  const octave = voice(chord, lowest);
  return (octave[index % octave.length] ?? lowest) + 12 * Math.floor(index / octave.length);
}

/** The chord's bass in the octave above `lowest`. */
export function bassPitch(chord: Chord, lowest: Pitch): Pitch {
  return lowest + pitchClassOf(chord.bass - lowest);
}

/** The tone of the chord that is nearest to a pitch, the lower of two. */
export function nearestTone(chord: Chord, pitch: Pitch): Pitch {
  for (let distance = 0; distance < 12; distance++) {
    for (const candidate of [pitch - distance, pitch + distance]) {
      if (chord.tones.has(pitchClassOf(candidate))) return candidate;
    }
  }
  return pitch;
}
