import { Random } from "../random.ts";
import type { Composition } from "../score/composition.ts";
import { perform, type Track } from "../score/performance.ts";
import { frequencyOf } from "../score/pitch.ts";
import { durationSecondsOf } from "../score/time.ts";
import { instruments } from "./instruments.ts";
import { Mixer } from "./mixer.ts";
import { BLOCK_FRAMES, SAMPLE_RATE_HERTZ, type Stereo, silence, stereo, type Voice } from "./sound.ts";

const FADE_SECONDS = 2.5;

/**
 * Plays a composition, block after block, so that a song is never in memory as a whole. A block is good until the next
 * is asked for.
 */
export function* render(composition: Composition): Generator<Stereo> {
  const totalFrames = durationSecondsOf(composition) * SAMPLE_RATE_HERTZ;
  const echoSeconds = (60 / composition.beatsPerMinute) * 0.75;
  const mixer = new Mixer({ echoSeconds, room: composition.room });
  const players = perform(composition).map((track) => new Player(track, composition.id));
  const played = stereo();

  for (let start = 0; start < totalFrames; start += BLOCK_FRAMES) {
    const frames = Math.min(BLOCK_FRAMES, totalFrames - start);
    mixer.begin();
    for (const player of players) {
      silence(played);
      if (player.play(played, start, frames)) mixer.add(played, player.part, frames);
    }
    const { left, right } = mixer.finish(composition.loudness, frames);
    fade(left, start, totalFrames);
    fade(right, start, totalFrames);
    yield { left: left.subarray(0, frames), right: right.subarray(0, frames) };
  }
}

/** One part at work: the notes that are still to come, and those that sound. */
class Player {
  readonly part: Track["part"];
  readonly #notes: Track["notes"];
  readonly #random: Random;
  #next = 0;
  #voices: Voice[] = [];

  constructor({ name, part, notes }: Track, songId: string) {
    this.part = part;
    this.#notes = notes;
    this.#random = new Random(`${songId} ${name}`);
  }

  /** False if there was nothing to be heard. */
  play(sound: Stereo, start: number, frames: number): boolean {
    this.#voices = this.#voices.filter((voice) => voice.addTo(sound, 0, frames));
    const wasHeard = this.#voices.length > 0;
    const before = this.#next;
    for (let note = this.#notes[this.#next]; note !== undefined; note = this.#notes[++this.#next]) {
      const from = Math.round(note.startSeconds * SAMPLE_RATE_HERTZ) - start;
      if (from >= frames) break;
      const { durationSeconds, velocity, sign } = note;
      const tone = { frequency: frequencyOf(note.pitch), durationSeconds, velocity, sign };
      const voice = instruments[this.part.instrument](tone, this.#random);
      if (voice.addTo(sound, from, frames)) this.#voices.push(voice);
    }
    return wasHeard || this.#next > before;
  }
}

/** Out, over the last seconds of a song. */
function fade(channel: Float32Array, start: number, totalFrames: number): void {
  const fadeFrames = FADE_SECONDS * SAMPLE_RATE_HERTZ;
  if (start + channel.length < totalFrames - fadeFrames) return;
  for (let frame = 0; frame < channel.length; frame++) {
    const left = Math.max(0, Math.min(1, (totalFrames - 1 - start - frame) / fadeFrames));
    channel[frame] = (channel[frame] ?? 0) * left;
  }
}
