import { add, SAMPLE_RATE_HERTZ, type Stereo } from "./sound.ts";

const FEEDBACK = 0.42;
/** How much of its brightness each repetition keeps. */
const BRIGHTNESS = 0.55;

/** Repeats what it is given, duller each time, from one ear to the other. */
export class Echo {
  readonly #left: Float32Array;
  readonly #right: Float32Array;
  #position = 0;
  #leftDull = 0;
  #rightDull = 0;

  constructor(delaySeconds: number) {
    const frames = Math.max(1, Math.round(delaySeconds * SAMPLE_RATE_HERTZ));
    this.#left = new Float32Array(frames);
    this.#right = new Float32Array(frames);
  }

  addTo(sound: Stereo, sent: Stereo, frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      const heardLeft = this.#left[this.#position] ?? 0;
      const heardRight = this.#right[this.#position] ?? 0;
      this.#leftDull += BRIGHTNESS * (heardLeft - this.#leftDull);
      this.#rightDull += BRIGHTNESS * (heardRight - this.#rightDull);
      this.#left[this.#position] = (sent.left[frame] ?? 0) + FEEDBACK * this.#rightDull;
      this.#right[this.#position] = FEEDBACK * this.#leftDull + 0.4 * (sent.right[frame] ?? 0);
      this.#position = this.#position + 1 === this.#left.length ? 0 : this.#position + 1;
      add(sound.left, frame, heardLeft);
      add(sound.right, frame, heardRight);
    }
  }
}
