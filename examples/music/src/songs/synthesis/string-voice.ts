import type { Random } from "../random.ts";
import { Envelope } from "./envelope.ts";
import { add, SAMPLE_RATE_HERTZ, type Stereo, type Tone, type Voice } from "./sound.ts";

export interface StringSound {
  /** From 0, a thumb, to 1, a plectrum. */
  readonly brightness: number;
  /** For how long a string in the middle of the range rings. */
  readonly ringSeconds: number;
  /** How fast it is muted when let go. */
  readonly releaseSeconds: number;
}

/** The filter in the loop takes the mean of a sample and the one after it, so the way round is so much shorter. */
const FILTER_FRAMES = 0.5;
const LOUDNESS = 1.6;

/** A plucked string of Karplus and Strong (1983): noise runs round a loop as long as its period, and mellows. */
export class StringVoice implements Voice {
  readonly #loop: Float32Array;
  readonly #envelope: Envelope;
  readonly #velocity: number;
  readonly #loss: number;
  readonly #tuning: number;
  #position = 0;
  #filtered = 0;
  #tuned = 0;

  constructor(sound: StringSound, { frequency, durationSeconds, velocity }: Tone, random: Random) {
    const period = SAMPLE_RATE_HERTZ / frequency + FILTER_FRAMES;
    const length = Math.max(2, Math.floor(period));
    // The fraction of a frame that the loop lacks is made up by an allpass filter.
    const fraction = period - length;
    this.#tuning = (1 - fraction) / (1 + fraction);
    this.#loop = pluck(length, sound.brightness, random);
    this.#loss = 0.001 ** (1 / (frequency * sound.ringSeconds));
    this.#velocity = velocity * LOUDNESS;
    const release = { attackSeconds: 0, decaySeconds: sound.ringSeconds, sustain: 0, ...sound };
    this.#envelope = new Envelope(release, durationSeconds);
  }

  addTo({ left, right }: Stereo, from: number, to: number): boolean {
    const levels = this.#envelope.next(to - from);
    const loop = this.#loop;
    const halfLoss = this.#loss / 2;
    const tuning = this.#tuning;
    const velocity = this.#velocity;
    let position = this.#position;
    let filtered = this.#filtered;
    let tuned = this.#tuned;
    for (let frame = from; frame < to; frame++) {
      const next = position + 1 === loop.length ? 0 : position + 1;
      const current = loop[position] ?? 0;
      const mellowed = halfLoss * (current + (loop[next] ?? 0));
      tuned = tuning * (mellowed - tuned) + filtered;
      filtered = mellowed;
      loop[position] = tuned;
      position = next;
      const sample = velocity * (levels[frame - from] ?? 0) * current;
      add(left, frame, sample);
      add(right, frame, sample);
    }
    this.#position = position;
    this.#filtered = filtered;
    this.#tuned = tuned;
    return !this.#envelope.isOver;
  }
}

/** What the finger leaves in the string: noise without its highest part, and as much above the middle as below. */
function pluck(length: number, brightness: number, random: Random): Float32Array {
  const samples = new Float32Array(length);
  const softness = 1 - (0.15 + 0.8 * brightness);
  let last = 0;
  for (let index = 0; index < length; index++) {
    last = softness * last + (1 - softness) * random.between(-1, 1);
    samples[index] = last;
  }
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / length;
  const energy = Math.sqrt(samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / length) || 1;
  return samples.map((sample) => ((sample - mean) / energy) * 0.3);
}
