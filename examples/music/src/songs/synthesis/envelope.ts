import { BLOCK_FRAMES, SAMPLE_RATE_HERTZ } from "./sound.ts";

export interface EnvelopeShape {
  readonly attackSeconds: number;
  /** After which about a third of the way from the peak to `sustain` is left. */
  readonly decaySeconds: number;
  readonly sustain: number;
  /** After which about a third of the level is left. */
  readonly releaseSeconds: number;
}

/** 66 dB below the loudest: beneath whatever else sounds. */
const INAUDIBLE = 5e-4;

/** One for all envelopes: each is asked for a block and then has no more to do with it. */
const levels = new Float32Array(BLOCK_FRAMES);

/** How loud a note is from frame to frame: it rises in a line, then decays and dies away exponentially. */
export class Envelope {
  readonly #rise: number;
  readonly #decay: number;
  readonly #release: number;
  readonly #sustain: number;
  readonly #attackFrames: number;
  readonly #heldFrames: number;
  #level = 0;
  #frame = 0;

  constructor(shape: EnvelopeShape, durationSeconds: number) {
    this.#attackFrames = Math.max(1, Math.round(shape.attackSeconds * SAMPLE_RATE_HERTZ));
    this.#heldFrames = Math.max(this.#attackFrames, Math.round(durationSeconds * SAMPLE_RATE_HERTZ));
    this.#rise = 1 / this.#attackFrames;
    this.#decay = decayPerFrame(shape.decaySeconds);
    this.#release = decayPerFrame(shape.releaseSeconds);
    this.#sustain = shape.sustain;
  }

  /** The levels of the next frames, at most a block of them. Good until any envelope is asked again. */
  next(frames: number): Float32Array {
    const attackFrames = this.#attackFrames - this.#frame;
    const heldFrames = this.#heldFrames - this.#frame;
    const sustain = this.#sustain;
    const rise = this.#rise;
    const decay = this.#decay;
    const release = this.#release;
    let level = this.#level;
    for (let frame = 0; frame < frames; frame++) {
      if (frame < attackFrames) level += rise;
      else if (frame < heldFrames) level = sustain + (level - sustain) * decay;
      else level *= release;
      levels[frame] = level;
    }
    this.#level = level;
    this.#frame += frames;
    return levels;
  }

  get isOver(): boolean {
    return this.#frame >= this.#attackFrames && this.#level < INAUDIBLE;
  }
}

/** What is left after one frame of something of which a third is left after so long. */
export function decayPerFrame(seconds: number): number {
  return Math.exp(-1 / (seconds * SAMPLE_RATE_HERTZ));
}
