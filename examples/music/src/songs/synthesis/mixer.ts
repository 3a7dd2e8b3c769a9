import type { Part } from "../score/composition.ts";
import { Echo } from "./echo.ts";
import { Reverb } from "./reverb.ts";
import { add, type Stereo, silence, stereo } from "./sound.ts";

const DEFAULT_REVERB = 0.25;

/** Brings the parts together: each at its place, with as much echo and room as it is to have. */
export class Mixer {
  readonly #echo: Echo;
  readonly #reverb: Reverb;
  readonly #dry = stereo();
  readonly #toEcho = stereo();
  readonly #toReverb = stereo();

  constructor({ echoSeconds, room }: { readonly echoSeconds: number; readonly room: number }) {
    this.#echo = new Echo(echoSeconds);
    this.#reverb = new Reverb(room);
  }

  begin(): void {
    for (const bus of [this.#dry, this.#toEcho, this.#toReverb]) silence(bus);
  }

  add(played: Stereo, { gain, pan = 0, echo = 0, reverb = DEFAULT_REVERB }: Part, frames: number): void {
    // Equal power, so that a part is as loud at the side as in the middle.
    const angle = ((pan + 1) * Math.PI) / 4;
    const leftGain = gain * Math.SQRT2 * Math.cos(angle);
    const rightGain = gain * Math.SQRT2 * Math.sin(angle);
    for (let frame = 0; frame < frames; frame++) {
      const left = leftGain * (played.left[frame] ?? 0);
      const right = rightGain * (played.right[frame] ?? 0);
      add(this.#dry.left, frame, left);
      add(this.#dry.right, frame, right);
      add(this.#toReverb.left, frame, reverb * left);
      add(this.#toReverb.right, frame, reverb * right);
      if (echo === 0) continue;
      add(this.#toEcho.left, frame, echo * left);
      add(this.#toEcho.right, frame, echo * right);
    }
  }

  /** The mix of what was added since `begin`; good until the next one. Never as loud as 1. */
  finish(loudness: number, frames: number): Stereo {
    this.#echo.addTo(this.#dry, this.#toEcho, frames);
    this.#reverb.addTo(this.#dry, this.#toReverb, frames);
    for (const channel of [this.#dry.left, this.#dry.right]) {
      for (let frame = 0; frame < frames; frame++) channel[frame] = limited(loudness * (channel[frame] ?? 0));
    }
    return this.#dry;
  }
}

const CEILING = 0.92;

/**
 * As it is while it is quiet, and rounder the louder it is: a sum of players may be too loud for a moment. This is the
 * hyperbolic tangent, near enough (Padé), up to where it reaches 1.
 */
function limited(sample: number): number {
  const over = Math.max(-3, Math.min(3, sample / CEILING));
  return (CEILING * over * (27 + over * over)) / (27 + 9 * over * over);
}
