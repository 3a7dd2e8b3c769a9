import { Envelope, type EnvelopeShape } from "./envelope.ts";
import { add, SAMPLE_RATE_HERTZ, type Stereo, type Tone, type Voice } from "./sound.ts";
import { periodsPerFrame, sine, type Timbre, type Wavetable } from "./wavetable.ts";

export interface WaveSound {
  readonly timbre: Timbre;
  readonly envelope: EnvelopeShape;
  /** By how much the left channel is above and the right below the pitch: it makes one voice sound like several. */
  readonly detuneCents?: number;
  readonly vibratoCents?: number;
}

const VIBRATO_HERTZ = 5.2;
const VIBRATO_DELAY_SECONDS = 0.35;
const CENTS_PER_OCTAVE = 1_200;

/** Additive synthesis: a sum of partials, read from a table twice, once for each ear. */
export class WaveVoice implements Voice {
  readonly #table: Wavetable;
  readonly #envelope: Envelope;
  readonly #velocity: number;
  readonly #leftStep: number;
  readonly #rightStep: number;
  readonly #vibrato: number;
  #leftPhase = 0;
  #rightPhase = 0.25;
  #frame = 0;

  constructor(sound: WaveSound, { frequency, durationSeconds, velocity }: Tone) {
    const { timbre, envelope, detuneCents = 0, vibratoCents = 0 } = sound;
    this.#table = timbre.tableFor(frequency);
    this.#envelope = new Envelope(envelope, durationSeconds);
    this.#velocity = velocity;
    this.#leftStep = periodsPerFrame(frequency * ratioOf(detuneCents));
    this.#rightStep = periodsPerFrame(frequency * ratioOf(-detuneCents));
    this.#vibrato = ratioOf(vibratoCents) - 1;
    // Both ears hear a sound in the middle as the same wave.
    if (detuneCents === 0) this.#rightPhase = 0;
  }

  addTo({ left, right }: Stereo, from: number, to: number): boolean {
    const levels = this.#envelope.next(to - from);
    const table = this.#table;
    const velocity = this.#velocity;
    const leftStep = this.#leftStep;
    const rightStep = this.#rightStep;
    const vibrato = this.#vibrato;
    const firstFrame = this.#frame - from;
    let leftPhase = this.#leftPhase;
    let rightPhase = this.#rightPhase;
    for (let frame = from; frame < to; frame++) {
      const level = velocity * (levels[frame - from] ?? 0);
      const bend = vibrato === 0 ? 1 : 1 + vibrato * wobbleAt(firstFrame + frame);
      leftPhase += leftStep * bend;
      rightPhase += rightStep * bend;
      add(left, frame, level * table.at(leftPhase));
      add(right, frame, level * table.at(rightPhase));
    }
    // Small again: the larger a number, the coarser its fraction.
    this.#leftPhase = leftPhase % 1;
    this.#rightPhase = rightPhase % 1;
    this.#frame += to - from;
    return !this.#envelope.isOver;
  }
}

/** Players begin a note straight, and let it vibrate then. */
function wobbleAt(frame: number): number {
  const seconds = frame / SAMPLE_RATE_HERTZ;
  if (seconds < VIBRATO_DELAY_SECONDS) return 0;
  return Math.min(1, (seconds - VIBRATO_DELAY_SECONDS) * 3) * sine.at(seconds * VIBRATO_HERTZ);
}

function ratioOf(cents: number): number {
  return 2 ** (cents / CENTS_PER_OCTAVE);
}
