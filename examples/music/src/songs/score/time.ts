import type { Composition } from "./composition.ts";
import { parseProgression } from "./progression.ts";

/** What rings after the last bar, until it has faded. */
const TAIL_SECONDS = 4;

export function stepsPerBar({ beatsPerBar, stepsPerBeat }: Composition): number {
  return beatsPerBar * stepsPerBeat;
}

export function stepSeconds({ beatsPerMinute, stepsPerBeat }: Composition): number {
  return 60 / beatsPerMinute / stepsPerBeat;
}

/** When a step sounds: with swing, every second one is late. */
export function startOfStep(composition: Composition, step: number): number {
  const late = step % 2 === 1 ? (composition.swing ?? 0) : 0;
  return (step + late) * stepSeconds(composition);
}

/** Whole seconds, so that it is true however it is rounded. */
export function durationSecondsOf(composition: Composition): number {
  const { form, progressions } = composition;
  const bars = form.reduce((sum, { chords }) => sum + parseProgression(progressions[chords] ?? "").length, 0);
  return Math.ceil(bars * stepsPerBar(composition) * stepSeconds(composition) + TAIL_SECONDS);
}
