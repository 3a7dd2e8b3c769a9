import type { Random } from "../random.ts";
import { decayPerFrame } from "./envelope.ts";
import { add, type Stereo, type Tone, type Voice } from "./sound.ts";
import { periodsPerFrame, sine } from "./wavetable.ts";

/** A skin, which sinks from one pitch to another, and noise: a kit is made of no more. */
interface DrumSound {
  readonly fromHertz: number;
  readonly toHertz: number;
  readonly sinkSeconds: number;
  readonly skin: number;
  readonly skinSeconds: number;
  readonly noise: number;
  readonly noiseSeconds: number;
  /** How much of its low part the noise lacks, from 0 to 1. */
  readonly thinness: number;
}

const SILENT_SKIN = { fromHertz: 200, toHertz: 200, sinkSeconds: 1, skin: 0, skinSeconds: 0.01 };

/** By the letter that stands for them in a pattern. */
const KIT: Readonly<Record<string, DrumSound>> = {
  // Kick.
  k: {
    fromHertz: 130,
    toHertz: 46,
    sinkSeconds: 0.035,
    skin: 1,
    skinSeconds: 0.16,
    noise: 0.06,
    noiseSeconds: 0.008,
    thinness: 0.3,
  },
  // Snare, with brushes.
  s: {
    fromHertz: 215,
    toHertz: 170,
    sinkSeconds: 0.03,
    skin: 0.3,
    skinSeconds: 0.07,
    noise: 0.4,
    noiseSeconds: 0.09,
    thinness: 0.55,
  },
  // Rim.
  i: {
    fromHertz: 1_750,
    toHertz: 1_650,
    sinkSeconds: 0.01,
    skin: 0.4,
    skinSeconds: 0.014,
    noise: 0.1,
    noiseSeconds: 0.006,
    thinness: 0.8,
  },
  // Hi-hat, closed and open.
  h: { ...SILENT_SKIN, noise: 0.3, noiseSeconds: 0.018, thinness: 1 },
  o: { ...SILENT_SKIN, noise: 0.3, noiseSeconds: 0.11, thinness: 1 },
  // Shaker.
  x: { ...SILENT_SKIN, noise: 0.22, noiseSeconds: 0.04, thinness: 0.95 },
};

const INAUDIBLE = 5e-4;

export class DrumVoice implements Voice {
  readonly #sound: DrumSound;
  readonly #velocity: number;
  readonly #random: Random;
  readonly #sink: number;
  readonly #skinDecay: number;
  readonly #noiseDecay: number;
  #state: { skin: number; noise: number; hertz: number; phase: number; lastNoise: number };

  /** @throws SyntaxError for a letter that stands for no drum */
  constructor({ sign, velocity }: Tone, random: Random) {
    const sound = KIT[sign];
    if (sound === undefined) throw new SyntaxError(`"${sign}" is no drum.`);
    this.#sound = sound;
    this.#velocity = velocity;
    this.#random = random;
    this.#sink = decayPerFrame(sound.sinkSeconds);
    this.#skinDecay = decayPerFrame(sound.skinSeconds);
    this.#noiseDecay = decayPerFrame(sound.noiseSeconds);
    this.#state = { skin: sound.skin, noise: sound.noise, hertz: sound.fromHertz, phase: 0, lastNoise: 0 };
  }

  addTo({ left, right }: Stereo, from: number, to: number): boolean {
    const { toHertz, thinness } = this.#sound;
    let { skin, noise, hertz, phase, lastNoise } = this.#state;
    for (let frame = from; frame < to; frame++) {
      hertz = toHertz + (hertz - toHertz) * this.#sink;
      phase += periodsPerFrame(hertz);
      skin *= this.#skinDecay;
      noise *= this.#noiseDecay;
      const hiss = this.#random.next() * 2 - 1;
      const sample = this.#velocity * (skin * sine.at(phase) + noise * (hiss - thinness * lastNoise));
      lastNoise = hiss;
      add(left, frame, sample);
      add(right, frame, sample);
    }
    this.#state = { skin, noise, hertz, phase, lastNoise };
    return skin > INAUDIBLE || noise > INAUDIBLE;
  }
}
