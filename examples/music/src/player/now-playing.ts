import { find } from "./dom.ts";
import type { Playback } from "./playback.ts";
import { coverUrl, type Song } from "./song.ts";
import { clockText, spokenTime } from "./time-text.ts";

const LABELS = { paused: "Play", waiting: "Pause", playing: "Pause" } as const;

/** The song that is chosen, and how far it is. What buttons do is decided elsewhere; the seek bar is its own. */
export class NowPlaying {
  readonly #playback: Playback;
  readonly #section = find("#now-playing", HTMLElement);
  readonly #title = find("h2", HTMLElement, this.#section);
  readonly #artist = find(".artist", HTMLElement, this.#section);
  readonly #covers = [".cover", ".cover-glow"].map((selector) => find(selector, HTMLImageElement, this.#section));
  readonly #toggle = find("#toggle", HTMLButtonElement);
  readonly #position = find("#position", HTMLInputElement);
  readonly #elapsed = find("#elapsed", HTMLElement);
  readonly #duration = find("#duration", HTMLElement);
  readonly #problem = find("#problem", HTMLElement);
  #isDragging = false;

  constructor(playback: Playback) {
    this.#playback = playback;
    // While the thumb is held it shows where it would go; the song follows when it is let go.
    this.#position.addEventListener("input", () => {
      this.#isDragging = true;
      this.#showPosition(this.#position.valueAsNumber);
    });
    this.#position.addEventListener("change", () => {
      this.#isDragging = false;
      playback.seekTo(this.#position.valueAsNumber);
    });
  }

  showSong(song: Song): void {
    this.#title.textContent = song.title;
    this.#artist.textContent = song.artist;
    for (const cover of this.#covers) cover.src = coverUrl(song);
    this.#duration.textContent = clockText(song.durationSeconds);
    this.#position.max = String(song.durationSeconds);
  }

  showProblem(text: string | null): void {
    this.#problem.textContent = text;
  }

  update(): void {
    const { state, positionSeconds, bufferedSeconds, durationSeconds } = this.#playback;
    this.#toggle.dataset.state = state;
    this.#toggle.ariaLabel = LABELS[state];
    const buffered = durationSeconds === 0 ? 0 : bufferedSeconds / durationSeconds;
    this.#position.style.setProperty("--buffered", String(buffered));
    if (this.#isDragging) return;
    this.#position.value = String(positionSeconds);
    this.#showPosition(positionSeconds);
  }

  #showPosition(seconds: number): void {
    const { durationSeconds } = this.#playback;
    this.#elapsed.textContent = clockText(seconds);
    this.#position.ariaValueText = `${spokenTime(seconds)} of ${spokenTime(durationSeconds)}`;
    this.#position.style.setProperty("--played", String(durationSeconds === 0 ? 0 : seconds / durationSeconds));
  }
}
