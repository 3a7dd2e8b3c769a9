import { Random } from "../random.ts";
import { bassPitch, type Chord, nearestTone, toneAt, voice } from "./chord.ts";
import type { Composition, Part, Section } from "./composition.ts";
import { Melody } from "./melody.ts";
import type { Note } from "./note.ts";
import { type Pitch, scaleNamed } from "./pitch.ts";
import { chordAt, parseProgression } from "./progression.ts";
import { startOfStep, stepSeconds, stepsPerBar } from "./time.ts";

/** All that one part plays in a song, in the order of time. */
export interface Track {
  readonly name: string;
  readonly part: Part;
  readonly notes: readonly Note[];
}

/** Which bars of a tune make the same moves: they begin elsewhere and land on other chords, and still are known again. */
const TUNE = [0, 1, 0, 2, 0, 1, 3, 4] as const;
const PHRASE_BARS = 4;
const FIFTH_SEMITONES = 7;
const UNEVEN_SECONDS = 0.006;

/** Plays a composition: the notes of each of its parts. @throws SyntaxError for what cannot be read in it */
export function perform(composition: Composition): readonly Track[] {
  return Object.entries(composition.parts).map(([name, part]) => {
    const notes: Note[] = [];
    let firstStep = 0;
    for (const section of composition.form) {
      if (section.parts.split(" ").includes(name)) notes.push(...play(composition, section, name, part, firstStep));
      firstStep += parseProgression(composition.progressions[section.chords] ?? "").length * stepsPerBar(composition);
    }
    return { name, part, notes: notes.sort((first, second) => first.startSeconds - second.startSeconds) };
  });
}

function play(
  composition: Composition,
  section: Section,
  name: string,
  part: Part,
  firstStep: number,
): readonly Note[] {
  const bars = parseProgression(composition.progressions[section.chords] ?? "");
  const barSteps = stepsPerBar(composition);
  const signs = part.pattern.replace(/[|\s]/g, "");
  const signAt = (step: number) => signs.charAt(step % signs.length);
  const melody = new Melody(scaleNamed(composition.scale), part.lowest);
  const players = new Random(`${composition.id} ${name} ${firstStep}`);
  const notes: Note[] = [];

  for (const [index, bar] of bars.entries()) {
    if (index % PHRASE_BARS === 0) melody.begin();
    const moves = new Random(`${composition.id} ${name} ${section.variation ?? 0} ${TUNE[index % TUNE.length]}`);
    for (let step = 0; step < barSteps; step++) {
      const position = index * barSteps + step;
      const sign = signAt(position);
      if (sign === "." || sign === "-") continue;
      const heldSteps = lengthOf(signAt, position, bars.length * barSteps);
      const isOnBeat = step % composition.stepsPerBeat === 0;
      const isStrong = isOnBeat || heldSteps > composition.stepsPerBeat;
      const chord = chordAt(bar, step, barSteps);
      const startSeconds = startOfStep(composition, firstStep + position) + players.between(0, UNEVEN_SECONDS);
      const accent = step === 0 ? 0.1 : isOnBeat ? 0 : -0.08;
      for (const pitch of sign === "m" ? [melody.next(chord, isStrong, moves)] : pitchesFor(sign, chord, part)) {
        const velocity = 0.75 + accent + players.between(-0.07, 0.07);
        notes.push({ startSeconds, durationSeconds: heldSteps * stepSeconds(composition), pitch, velocity, sign });
      }
    }
  }
  return notes;
}

/** In steps, with those that hold it on, up to the end of the section. */
function lengthOf(signAt: (step: number) => string, position: number, end: number): number {
  let next = position + 1;
  while (next < end && signAt(next) === "-") next++;
  return next - position;
}

function pitchesFor(sign: string, chord: Chord, { lowest }: Part): readonly Pitch[] {
  if (sign === "*") return voice(chord, lowest);
  if (sign === "r") return [bassPitch(chord, lowest)];
  if (sign === "R") return [bassPitch(chord, lowest) + 12];
  if (sign === "f") return [nearestTone(chord, bassPitch(chord, lowest) + FIFTH_SEMITONES)];
  return [/\d/.test(sign) ? toneAt(chord, lowest, Number(sign)) : lowest];
}
