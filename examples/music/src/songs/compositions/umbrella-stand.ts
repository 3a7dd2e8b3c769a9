import type { Composition } from "../score/composition.ts";

/** A waltz for a wet afternoon. */
export const umbrellaStand: Composition = {
  id: "umbrella-stand",
  title: "Umbrella Stand",
  artist: "Marguerite & the Moths",
  beatsPerMinute: 138,
  beatsPerBar: 3,
  stepsPerBeat: 2,
  scale: "F major",
  room: 0.35,
  loudness: 1.25,
  progressions: {
    opening: "Fmaj7 | Gm7 | Am7 | Gm7 | Fmaj7 | Gm7 | Am7 | C7sus4",
    verse: "Fmaj7 | Fmaj7 | Gm7 | C7 | Am7 | Dm7 | Gm7 | C7 | Fmaj7 | F7 | Bbmaj7 | Bbm6 | Am7 | Dm7 | Gm7 C7 | F6",
    bridge: "Bbmaj7 | C7 | Am7 | Dm7 | Bbmaj7 | C7 | F6 | F7 | Bbmaj7 | Bbm6 | Am7 | D7 | Gm7 | C7 | Fmaj7 | C7sus4",
    ending: "Bbmaj7 | Bbm6 | F6 | F6",
  },
  parts: {
    bass: { instrument: "bass", pattern: "r---..|f---..", lowest: 29, gain: 0.34 },
    guitar: { instrument: "guitar", pattern: "..*.*.", lowest: 52, gain: 0.2, pan: -0.35 },
    harp: { instrument: "harp", pattern: "0.1.2.|3.2.1.", lowest: 60, gain: 0.24, pan: 0.45, reverb: 0.4 },
    clarinet: {
      instrument: "clarinet",
      pattern: "m---m-|m-m-m-|m-----|--m-m-|m---m-|m-m-m-|m-----|------",
      lowest: 62,
      gain: 0.24,
      pan: 0.15,
      reverb: 0.35,
    },
    flute: {
      instrument: "flute",
      pattern: "m-----|m---m-|m-m-m-|m-----",
      lowest: 72,
      gain: 0.16,
      pan: -0.2,
      reverb: 0.45,
    },
    strings: { instrument: "strings", pattern: "*-----", lowest: 57, gain: 0.07, reverb: 0.5 },
    brushes: { instrument: "drums", pattern: "..x.x.|..x.xx", lowest: 60, gain: 0.26, pan: 0.2 },
  },
  form: [
    { chords: "opening", parts: "harp bass" },
    { chords: "verse", parts: "bass guitar clarinet" },
    { chords: "verse", parts: "bass guitar clarinet strings brushes", variation: 1 },
    { chords: "bridge", parts: "bass guitar flute strings harp brushes" },
    { chords: "verse", parts: "bass guitar clarinet harp brushes" },
    { chords: "bridge", parts: "bass harp flute strings brushes" },
    { chords: "ending", parts: "bass harp strings" },
  ],
};
