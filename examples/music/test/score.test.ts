import { describe, expect, test } from "vitest";
import { bassPitch, parseChord, toneAt, voice } from "../src/songs/score/chord.ts";
import { perform } from "../src/songs/score/performance.ts";
import { frequencyOf, pitchClassOf, scaleNamed } from "../src/songs/score/pitch.ts";
import { chordAt, parseProgression } from "../src/songs/score/progression.ts";
import { durationSecondsOf, startOfStep, stepSeconds } from "../src/songs/score/time.ts";
import { compositions } from "../src/songs/songs.ts";

describe("a chord", () => {
  test.each([
    ["C", [0, 4, 7]],
    ["Am7", [0, 4, 7, 9]],
    ["F#m7", [1, 4, 6, 9]],
    ["Bb", [2, 5, 10]],
    ["Bm7b5", [2, 5, 9, 11]],
    ["G7sus4", [0, 2, 5, 7]],
  ])("%s has the tones of a lead sheet", (symbol, classes) => {
    expect([...parseChord(symbol).tones].sort((first, second) => first - second)).toEqual(classes);
  });

  test("is voiced in one octave, and leaves its root to the bass where it would rub", () => {
    expect(voice(parseChord("C"), 60)).toEqual([60, 64, 67]);
    expect(voice(parseChord("C"), 62)).toEqual([64, 67, 72]);
    expect(voice(parseChord("Cmaj7"), 60)).toEqual([64, 67, 71]);
    expect(voice(parseChord("Dm9"), 60)).toEqual([60, 64, 65, 69]);
  });

  test("goes on into the next octaves, and has the bass that it names", () => {
    expect([0, 1, 2, 3, 4].map((index) => toneAt(parseChord("C"), 60, index))).toEqual([60, 64, 67, 72, 76]);
    expect(bassPitch(parseChord("A/C#"), 33)).toBe(37);
    expect(bassPitch(parseChord("A"), 33)).toBe(33);
  });

  test.each(["", "H", "Cmajor", "C/", "c"])("%j is none", (symbol) => {
    expect(() => parseChord(symbol)).toThrow(SyntaxError);
  });
});

test("a progression shares each bar evenly", () => {
  const [first = [], second = []] = parseProgression("Gm7 C7 | F");
  expect([0, 2, 3, 5].map((step) => chordAt(first, step, 6).root)).toEqual([7, 7, 0, 0]);
  expect(chordAt(second, 5, 6).root).toBe(5);
});

test("the A above middle C has 440 Hz, and an octave doubles it", () => {
  expect([frequencyOf(69), frequencyOf(81), frequencyOf(57)]).toEqual([440, 880, 220]);
});

describe.each(compositions)("$title", (composition) => {
  const tracks = perform(composition);

  test("has something to play for each of its parts, at every moment that it plays", () => {
    for (const { name, notes } of tracks) expect(notes.length, name).toBeGreaterThan(0);
    const ends = tracks.flatMap(({ notes }) => notes.map((note) => note.startSeconds + note.durationSeconds));
    expect(Math.max(...ends)).toBeLessThanOrEqual(durationSecondsOf(composition));
    expect(Math.max(...ends)).toBeGreaterThan(durationSecondsOf(composition) - 6);
  });

  test("names in its form only what it has", () => {
    for (const { chords, parts } of composition.form) {
      expect(Object.keys(composition.progressions)).toContain(chords);
      for (const name of parts.split(" ")) expect(Object.keys(composition.parts)).toContain(name);
    }
  });

  test("has tunes that stay in the scale or on the chord, and move mostly by step", () => {
    const scale = scaleNamed(composition.scale);
    const chords = Object.values(composition.progressions).flatMap(parseProgression).flat();
    const tones = new Set(chords.flatMap((chord) => [...chord.tones]));
    for (const { name, notes } of tracks) {
      const tune = notes.filter(({ sign }) => sign === "m").map(({ pitch }) => pitch);
      for (const pitch of tune) expect(scale.has(pitchClassOf(pitch)) || tones.has(pitchClassOf(pitch))).toBe(true);
      const leaps = tune.slice(1).filter((pitch, index) => Math.abs(pitch - (tune[index] ?? pitch)) > 7);
      expect(leaps.length, name).toBeLessThanOrEqual(tune.length / 8);
    }
  });

  test("is played the same each time", () => {
    expect(perform(composition)).toEqual(tracks);
  });

  test("is in time: no note is further from its step than a player's unevenness", () => {
    const steps = Math.round(durationSecondsOf(composition) / stepSeconds(composition));
    const times = Array.from({ length: steps }, (_, step) => startOfStep(composition, step));
    for (const { notes } of tracks) {
      for (const { startSeconds } of notes.slice(0, 50)) {
        const late = Math.min(...times.map((time) => (startSeconds < time ? 1 : startSeconds - time)));
        expect(late).toBeLessThan(0.01);
      }
    }
  });
});
