import { add, SAMPLE_RATE_HERTZ, type Stereo } from "./sound.ts";

/** Eight ways round the room, none a multiple of another, so that no pitch rings out. */
const DELAYS_SECONDS = [0.0297, 0.0371, 0.0411, 0.0437, 0.0523, 0.0589, 0.0673, 0.0731] as const;
const LINES = DELAYS_SECONDS.length;
/** How much of the high part survives the way: walls are softer than they look. */
const BRIGHTNESS = 0.55;
const LOUDNESS = 0.35;

/**
 * A room: delay lines that feed one another, after Jot and Chaigne (1991). Each gives to all by a Householder matrix,
 * which loses nothing, so that the decay is set by one factor alone.
 */
export class Reverb {
  readonly #lines = DELAYS_SECONDS.map((seconds) => new Float32Array(Math.round(seconds * SAMPLE_RATE_HERTZ)));
  readonly #positions = new Int32Array(LINES);
  readonly #dull = new Float64Array(LINES);
  readonly #decay: number;

  /** @param size from 0, a cupboard, to 1, a cathedral */
  constructor(size: number) {
    this.#decay = 0.72 + 0.24 * size;
  }

  addTo(sound: Stereo, sent: Stereo, frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      let sum = 0;
      for (let line = 0; line < LINES; line++) {
        const heard = this.#lines[line]?.[this.#positions[line] ?? 0] ?? 0;
        const dull = (this.#dull[line] ?? 0) + BRIGHTNESS * (heard - (this.#dull[line] ?? 0));
        this.#dull[line] = dull;
        sum += dull;
      }
      const shared = (2 / LINES) * sum;
      let left = 0;
      let right = 0;
      for (let line = 0; line < LINES; line++) {
        const samples = this.#lines[line];
        if (samples === undefined) continue;
        const position = this.#positions[line] ?? 0;
        const dull = this.#dull[line] ?? 0;
        const isLeft = line % 2 === 0;
        const fed = (isLeft ? sent.left[frame] : sent.right[frame]) ?? 0;
        samples[position] = fed + this.#decay * (dull - shared);
        this.#positions[line] = position + 1 === samples.length ? 0 : position + 1;
        if (isLeft) left += dull;
        else right += dull;
      }
      add(sound.left, frame, LOUDNESS * left);
      add(sound.right, frame, LOUDNESS * right);
    }
  }
}
