import { describe, expect, test } from "vitest";
import { Random } from "../src/songs/random.ts";
import { frequencyOf, type Pitch } from "../src/songs/score/pitch.ts";
import { type InstrumentName, instruments } from "../src/songs/synthesis/instruments.ts";
import { Reverb } from "../src/songs/synthesis/reverb.ts";
import { BLOCK_FRAMES, SAMPLE_RATE_HERTZ, stereo } from "../src/songs/synthesis/sound.ts";

const pitched = (Object.keys(instruments) as readonly InstrumentName[]).filter((name) => name !== "drums");
const BLOCKS = 8;
/** By which some instruments spread left and right, so that they sound like several. */
const MOST_DETUNED_CENTS = 7;

describe.each(pitched)("the %s", (name) => {
  test.each([40, 55, 69, 81])("is in tune at pitch %d", (pitch) => {
    expect(Math.abs(centsOff(play(name, pitch), frequencyOf(pitch)))).toBeLessThanOrEqual(MOST_DETUNED_CENTS);
  });

  test("dies away once it is let go", () => {
    const voice = instruments[name](toneOf(60), new Random("dying"));
    const block = stereo();
    let blocks = 0;
    while (voice.addTo(block, 0, BLOCK_FRAMES)) blocks++;
    expect(blocks).toBeGreaterThan(0);
    expect((blocks * BLOCK_FRAMES) / SAMPLE_RATE_HERTZ).toBeLessThan(10);
    const last = stereo();
    voice.addTo(last, 0, BLOCK_FRAMES);
    expect(loudest(last.left)).toBeLessThan(0.002);
  });

  test("begins where it is told to, and not before", () => {
    const block = stereo();
    instruments[name](toneOf(60), new Random("beginning")).addTo(block, 1_000, BLOCK_FRAMES);
    expect(loudest(block.left.subarray(0, 1_000))).toBe(0);
    expect(loudest(block.left.subarray(1_000))).toBeGreaterThan(0);
  });
});

test("a drum that the kit does not have is no drum", () => {
  expect(() => instruments.drums({ ...toneOf(60), sign: "q" }, new Random("drum"))).toThrow(SyntaxError);
});

test("a room rings, in both ears, and falls silent", () => {
  const reverb = new Reverb(0.5);
  const clap = stereo();
  clap.left[0] = 1;
  const rooms = Array.from({ length: 60 }, (_, index) => {
    const heard = stereo();
    reverb.addTo(heard, index === 0 ? clap : stereo(), BLOCK_FRAMES);
    return heard;
  });
  expect(loudest(rooms[2]?.left)).toBeGreaterThan(0.005);
  expect(loudest(rooms[2]?.right)).toBeGreaterThan(0.005);
  expect(loudest(rooms.at(-1)?.left)).toBeLessThan(0.001);
});

function toneOf(pitch: Pitch) {
  return { frequency: frequencyOf(pitch), durationSeconds: 1, velocity: 0.8, sign: "0" };
}

function play(name: InstrumentName, pitch: Pitch): Float32Array {
  const voice = instruments[name](toneOf(pitch), new Random("tuning"));
  const samples = new Float32Array(BLOCKS * BLOCK_FRAMES);
  for (let block = 0; block < BLOCKS; block++) {
    const sound = stereo();
    voice.addTo(sound, 0, BLOCK_FRAMES);
    samples.set(sound.left, block * BLOCK_FRAMES);
  }
  return samples;
}

/** By how many cents the strongest frequency near the one that is meant is away from it. */
function centsOff(samples: Float32Array, frequency: number): number {
  let best = { cents: 0, strength: 0 };
  for (let cents = -40; cents <= 40; cents++) {
    const strength = strengthOf(samples, frequency * 2 ** (cents / 1_200));
    if (strength > best.strength) best = { cents, strength };
  }
  return best.cents;
}

/** How much there is of a frequency, by correlation with it under a Hann window. */
function strengthOf(samples: Float32Array, frequency: number): number {
  let [real, imaginary] = [0, 0];
  for (const [index, sample] of samples.entries()) {
    const weight = 1 - Math.cos((2 * Math.PI * index) / samples.length);
    const angle = (2 * Math.PI * frequency * index) / SAMPLE_RATE_HERTZ;
    real += weight * sample * Math.cos(angle);
    imaginary += weight * sample * Math.sin(angle);
  }
  return Math.hypot(real, imaginary);
}

function loudest(samples: Float32Array = new Float32Array()): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}
