import type { PassKeeper } from "./pass-keeper.ts";
import { isGood, type Pass } from "./passes.ts";
import type { Song } from "./song.ts";

/** `waiting`: it is to play, and has nothing to play yet. */
export type PlaybackState = "paused" | "waiting" | "playing";

export interface PlaybackListener {
  /** Something that is shown has changed. */
  readonly onChange: () => void;
  readonly onFinished: () => void;
  /** It has given up, for the listener to try again; null when it goes on. */
  readonly onProblem: (text: string | null) => void;
}

const WAITS_MILLISECONDS = [0, 400, 1_500, 4_000] as const;
/** Having played so far since it failed, it is well again. */
const RECOVERED_SECONDS = 2;

const UNAVAILABLE = "The song cannot be reached just now. Press play to try again.";
const REFUSED = "This song is not open to you.";

/**
 * Playback plays one song after another through an audio element. A pass that ends while the song plays does no harm to
 * what is under way; where the browser needs another part of the file, the song goes on from the same second with a new
 * pass.
 */
export class Playback {
  readonly #audio: HTMLAudioElement;
  readonly #passes: PassKeeper;
  readonly #listener: PlaybackListener;
  #song: Song | null = null;
  /** The pass that the element's URL is from. */
  #inUse: Pass | null = null;
  #isWanted = false;
  #position = 0;
  #failures = 0;
  #failedAt = 0;
  /** Counts what was asked for: an answer to an older question is dropped. */
  #turn = 0;

  constructor(audio: HTMLAudioElement, passes: PassKeeper, listener: PlaybackListener) {
    this.#audio = audio;
    this.#passes = passes;
    this.#listener = listener;
    audio.addEventListener("timeupdate", () => this.#advance());
    audio.addEventListener("error", () => void this.#recover());
    audio.addEventListener("ended", () => listener.onFinished());
    audio.addEventListener("pause", () => this.#hearPause());
    for (const event of ["play", "playing", "waiting", "seeked", "progress"]) {
      audio.addEventListener(event, () => listener.onChange());
    }
  }

  get song(): Song | null {
    return this.#song;
  }

  get state(): PlaybackState {
    if (!this.#isWanted) return "paused";
    const isMoving = !this.#audio.paused && this.#audio.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    return isMoving ? "playing" : "waiting";
  }

  get positionSeconds(): number {
    return this.#position;
  }

  get durationSeconds(): number {
    return this.#song?.durationSeconds ?? 0;
  }

  /** How far it could play on from where it is without another byte. */
  get bufferedSeconds(): number {
    const { buffered } = this.#audio;
    for (let index = 0; index < buffered.length; index++) {
      if (buffered.start(index) <= this.#position && this.#position <= buffered.end(index)) return buffered.end(index);
    }
    return this.#position;
  }

  /** Makes a song the one to play, from a second on. Nothing is fetched before it is played. */
  select(song: Song, positionSeconds = 0): void {
    this.#unload();
    this.#song = song;
    this.#position = positionSeconds;
    this.#failures = 0;
    this.#listener.onProblem(null);
    this.#listener.onChange();
  }

  async play(): Promise<void> {
    this.#failures = 0;
    this.#listener.onProblem(null);
    this.#want(true);
    const isLoaded = this.#inUse !== null && isGood(this.#inUse) && this.#audio.error === null;
    if (isLoaded) await this.#start();
    else await this.#load(null);
  }

  pause(): void {
    this.#want(false);
    this.#audio.pause();
  }

  seekTo(seconds: number): void {
    this.#position = Math.max(0, Math.min(seconds, this.durationSeconds));
    // Not loaded yet, or with a URL that has ended: what is buffered can be played, and anything else needs another one.
    const isReachable = this.#inUse !== null && (isGood(this.#inUse) || this.bufferedSeconds > this.#position);
    if (isReachable) this.#audio.currentTime = this.#position;
    else if (this.#isWanted) void this.#load(null);
    else this.#unload();
    this.#listener.onChange();
  }

  /** Silence, at once. Nothing is fetched any more. */
  stop(): void {
    this.pause();
    this.#unload();
    this.#passes.release();
  }

  #want(isWanted: boolean): void {
    this.#isWanted = isWanted;
    this.#listener.onChange();
  }

  /** A headset was unplugged, or another application took the sound. At its end and at an error it pauses too. */
  #hearPause(): void {
    const { paused, ended, error } = this.#audio;
    if (paused && !ended && error === null) this.#want(false);
  }

  #advance(): void {
    // While it loads it knows of no position but its beginning.
    if (this.#audio.readyState === HTMLMediaElement.HAVE_NOTHING) return;
    this.#position = this.#audio.currentTime;
    if (this.#position > this.#failedAt + RECOVERED_SECONDS) this.#failures = 0;
    this.#listener.onChange();
  }

  /** Points the element at a URL that is good, other than that of a pass which was of no use. */
  async #load(useless: Pass | null): Promise<void> {
    const song = this.#song;
    if (song === null) return;
    const turn = ++this.#turn;
    const answer = await this.#passes.passFor(song.path, useless);
    if (turn !== this.#turn) return;
    if (answer.outcome === "refused") return this.#giveUp(REFUSED);
    if (answer.outcome === "unavailable") return this.#recover();
    if (answer.outcome === "signed_out") return;
    this.#inUse = answer.pass;
    this.#audio.src = answer.pass.url;
    this.#audio.currentTime = this.#position;
    if (this.#isWanted) await this.#start();
  }

  async #start(): Promise<void> {
    try {
      await this.#audio.play();
    } catch (error) {
      // Errors of the song are told by an event, and an abortion is our own doing.
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#want(false);
    }
  }

  async #recover(): Promise<void> {
    if (this.#song === null) return;
    // The listener has paused: the song is loaded anew when they play it.
    if (!this.#isWanted) return this.#unload();
    const wait = WAITS_MILLISECONDS[this.#failures++];
    if (wait === undefined) return this.#giveUp(UNAVAILABLE);
    this.#failedAt = this.#position;
    this.#listener.onChange();
    const turn = ++this.#turn;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (turn === this.#turn) await this.#load(this.#inUse);
  }

  #giveUp(text: string): void {
    this.#unload();
    this.#want(false);
    this.#listener.onProblem(text);
  }

  #unload(): void {
    this.#turn++;
    this.#inUse = null;
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }
}
