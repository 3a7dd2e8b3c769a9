import { decayPerFrame, Envelope, type EnvelopeShape } from "./envelope.ts";
import { add, type Stereo, type Tone, type Voice } from "./sound.ts";
import { periodsPerFrame, sine } from "./wavetable.ts";

export interface FmSound {
  readonly envelope: EnvelopeShape;
  /** The frequency of the modulator against the note's. Whole numbers ring in harmony. */
  readonly ratio: number;
  /** How bright it is when struck, in radians. */
  readonly index: number;
  /** After which a third of the brightness is left. */
  readonly indexSeconds: number;
  /** How far it swings from ear to ear, from 0 to 1. */
  readonly tremolo?: number;
}

const TREMOLO_HERTZ = 4.3;
const TREMOLO_STEP = periodsPerFrame(TREMOLO_HERTZ);

/** Frequency modulation of Chowning (1973): two sines make a struck bar, a bell or a tine. */
export class FmVoice implements Voice {
  readonly #envelope: Envelope;
  readonly #velocity: number;
  readonly #step: number;
  readonly #modulatorStep: number;
  readonly #indexDecay: number;
  readonly #tremolo: number;
  #phase = 0;
  #modulatorPhase = 0;
  #tremoloPhase = 0;
  #index: number;

  constructor(sound: FmSound, { frequency, durationSeconds, velocity }: Tone) {
    this.#envelope = new Envelope(sound.envelope, durationSeconds);
    this.#velocity = velocity;
    this.#step = periodsPerFrame(frequency);
    this.#modulatorStep = periodsPerFrame(frequency * sound.ratio);
    this.#indexDecay = decayPerFrame(sound.indexSeconds);
    this.#tremolo = sound.tremolo ?? 0;
    // A harder stroke is brighter, and high notes less so, or they would alias.
    this.#index = ((sound.index * velocity) / (2 * Math.PI)) * Math.min(1, 600 / frequency);
  }

  addTo({ left, right }: Stereo, from: number, to: number): boolean {
    const levels = this.#envelope.next(to - from);
    const velocity = this.#velocity;
    const tremolo = this.#tremolo;
    const indexDecay = this.#indexDecay;
    const step = this.#step;
    const modulatorStep = this.#modulatorStep;
    let phase = this.#phase;
    let modulatorPhase = this.#modulatorPhase;
    let tremoloPhase = this.#tremoloPhase;
    let index = this.#index;
    for (let frame = from; frame < to; frame++) {
      phase += step;
      modulatorPhase += modulatorStep;
      const bent = phase + index * sine.at(modulatorPhase);
      const sample = velocity * (levels[frame - from] ?? 0) * sine.at(bent);
      index *= indexDecay;
      tremoloPhase += TREMOLO_STEP;
      const swing = tremolo === 0 ? 0 : tremolo * sine.at(tremoloPhase);
      add(left, frame, sample * (1 + swing));
      add(right, frame, sample * (1 - swing));
    }
    // Small again: the larger a number, the coarser its fraction.
    this.#phase = phase % 1;
    this.#modulatorPhase = modulatorPhase % 1;
    this.#tremoloPhase = tremoloPhase % 1;
    this.#index = index;
    return !this.#envelope.isOver;
  }
}
