import type { Composition } from "../score/composition.ts";

/** Wheels of five, six and seven teeth, which meet again after a while. */
export const differenceEngine: Composition = {
  id: "difference-engine",
  title: "Difference Engine",
  artist: "Punch Card Choir",
  beatsPerMinute: 120,
  beatsPerBar: 4,
  stepsPerBeat: 4,
  scale: "A minor pentatonic",
  room: 0.6,
  loudness: 0.88,
  progressions: {
    wheel: "Am9 | Am9 | Fmaj9 | Fmaj9 | C/E | C/E | G6 | Em7",
    turn: "Fmaj9 | Fmaj9 | Dm9 | Dm9 | Am9 | Am9 | Em7 | Em7",
    ending: "Fmaj9 | G6 | Am9 | Am9",
  },
  parts: {
    five: { instrument: "marimba", pattern: "0.2.1", lowest: 57, gain: 0.36, pan: -0.5, echo: 0.15 },
    six: { instrument: "electricPiano", pattern: "3..1..", lowest: 57, gain: 0.26, pan: 0.5, echo: 0.15 },
    seven: { instrument: "harp", pattern: "4.2..3.", lowest: 60, gain: 0.4, pan: 0.15, echo: 0.2, reverb: 0.4 },
    pad: { instrument: "pad", pattern: "*---------------", lowest: 52, gain: 0.09, reverb: 0.6 },
    bass: { instrument: "bass", pattern: "r-----r-------r-", lowest: 28, gain: 0.34, reverb: 0.05 },
    choir: {
      instrument: "strings",
      pattern: "m-------m-------|m-----------m---|m-------m-------|m---------------",
      lowest: 69,
      gain: 0.2,
      reverb: 0.7,
    },
    kick: { instrument: "drums", pattern: "k.......", lowest: 60, gain: 0.34, reverb: 0.1 },
    ticks: { instrument: "drums", pattern: "h.i.h.hi.", lowest: 60, gain: 0.26, pan: -0.2, echo: 0.1 },
  },
  form: [
    { chords: "wheel", parts: "five" },
    { chords: "wheel", parts: "five six pad" },
    { chords: "wheel", parts: "five six seven pad bass" },
    { chords: "turn", parts: "five six seven pad bass ticks" },
    { chords: "wheel", parts: "five six seven choir bass kick ticks" },
    { chords: "turn", parts: "six seven choir pad bass" },
    { chords: "wheel", parts: "five six seven choir pad bass kick ticks" },
    { chords: "wheel", parts: "five seven choir pad" },
    { chords: "ending", parts: "five pad bass" },
  ],
};
