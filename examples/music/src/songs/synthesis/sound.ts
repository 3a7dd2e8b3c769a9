/** Enough for mellow sounds, and half the size of what a CD has. */
export const SAMPLE_RATE_HERTZ = 22_050;

/** What is above aliases. A little below the half, for filters are not infinitely steep. */
export const HIGHEST_PARTIAL_HERTZ = 0.45 * SAMPLE_RATE_HERTZ;

/** A tenth of a second of sound, which is made in a millisecond or so. */
export const BLOCK_FRAMES = 2_048;

/** Two channels of equal length, one sample a frame. */
export interface Stereo {
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** Room for a block. */
export function stereo(): Stereo {
  return { left: new Float32Array(BLOCK_FRAMES), right: new Float32Array(BLOCK_FRAMES) };
}

export function silence({ left, right }: Stereo): void {
  left.fill(0);
  right.fill(0);
}

/** A note that sounds. */
export interface Voice {
  /** Adds its next frames to a block of sound, from one frame up to another. False once it has died away. */
  addTo(sound: Stereo, from: number, to: number): boolean;
}

/** What turns a note into a voice of its own. */
export interface Tone {
  readonly frequency: number;
  readonly durationSeconds: number;
  readonly velocity: number;
  readonly sign: string;
}

export function add(samples: Float32Array, index: number, value: number): void {
  samples[index] = (samples[index] ?? 0) + value;
}
