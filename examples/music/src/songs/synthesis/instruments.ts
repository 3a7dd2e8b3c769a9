import type { Random } from "../random.ts";
import { DrumVoice } from "./drum-voice.ts";
import { type FmSound, FmVoice } from "./fm-voice.ts";
import type { Tone, Voice } from "./sound.ts";
import { type StringSound, StringVoice } from "./string-voice.ts";
import { type WaveSound, WaveVoice } from "./wave-voice.ts";
import { falling, Timbre } from "./wavetable.ts";

type Instrument = (tone: Tone, random: Random) => Voice;

/** Who may play in a song. */
export const instruments = {
  pad: wave({
    timbre: new Timbre(falling(10, 1.5)),
    envelope: { attackSeconds: 0.7, decaySeconds: 2, sustain: 0.8, releaseSeconds: 0.5 },
    detuneCents: 6,
  }),
  strings: wave({
    timbre: new Timbre(falling(14, 1.15)),
    envelope: { attackSeconds: 0.28, decaySeconds: 1, sustain: 0.85, releaseSeconds: 0.25 },
    detuneCents: 5,
    vibratoCents: 6,
  }),
  organ: wave({
    timbre: new Timbre([1, 0.55, 0.3, 0.25, 0, 0.12, 0, 0.1]),
    envelope: { attackSeconds: 0.03, decaySeconds: 1, sustain: 0.9, releaseSeconds: 0.06 },
    detuneCents: 2,
  }),
  bass: wave({
    timbre: new Timbre([1, 0.45, 0.22, 0.1, 0.05]),
    envelope: { attackSeconds: 0.008, decaySeconds: 0.35, sustain: 0.4, releaseSeconds: 0.05 },
  }),
  clarinet: wave({
    timbre: new Timbre([1, 0.04, 0.42, 0.05, 0.2, 0.04, 0.1, 0, 0.05]),
    envelope: { attackSeconds: 0.045, decaySeconds: 0.4, sustain: 0.8, releaseSeconds: 0.07 },
    vibratoCents: 9,
  }),
  flute: wave({
    timbre: new Timbre([1, 0.3, 0.1, 0.04]),
    envelope: { attackSeconds: 0.06, decaySeconds: 0.5, sustain: 0.85, releaseSeconds: 0.09 },
    vibratoCents: 14,
  }),
  electricPiano: fm({
    envelope: { attackSeconds: 0.003, decaySeconds: 1.1, sustain: 0.08, releaseSeconds: 0.12 },
    ratio: 1,
    index: 1.5,
    indexSeconds: 0.5,
    tremolo: 0.18,
  }),
  vibraphone: fm({
    envelope: { attackSeconds: 0.003, decaySeconds: 1.2, sustain: 0, releaseSeconds: 0.6 },
    ratio: 4,
    index: 0.7,
    indexSeconds: 0.12,
    tremolo: 0.3,
  }),
  bell: fm({
    envelope: { attackSeconds: 0.002, decaySeconds: 1, sustain: 0, releaseSeconds: 0.9 },
    ratio: 3.5,
    index: 1.3,
    indexSeconds: 0.35,
  }),
  marimba: fm({
    envelope: { attackSeconds: 0.002, decaySeconds: 0.2, sustain: 0, releaseSeconds: 0.18 },
    ratio: 4,
    index: 1.1,
    indexSeconds: 0.03,
  }),
  harp: plucked({ brightness: 0.55, ringSeconds: 5, releaseSeconds: 0.7 }),
  guitar: plucked({ brightness: 0.2, ringSeconds: 3, releaseSeconds: 0.07 }),
  drums: (tone, random) => new DrumVoice(tone, random),
} as const satisfies Readonly<Record<string, Instrument>>;

export type InstrumentName = keyof typeof instruments;

function wave(sound: WaveSound): Instrument {
  return (tone) => new WaveVoice(sound, tone);
}

function fm(sound: FmSound): Instrument {
  return (tone) => new FmVoice(sound, tone);
}

function plucked(sound: StringSound): Instrument {
  return (tone, random) => new StringVoice(sound, tone, random);
}
