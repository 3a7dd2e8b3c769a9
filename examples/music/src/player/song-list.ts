import { find, make } from "./dom.ts";
import { coverUrl, type Song } from "./song.ts";
import { clockText } from "./time-text.ts";

/** The songs to choose from. */
export class SongList {
  readonly #list = find("#songs", HTMLOListElement);
  readonly #buttons = new Map<string, HTMLButtonElement>();

  constructor(songs: readonly Song[], choose: (song: Song) => void) {
    for (const song of songs) {
      const button = rowOf(song);
      button.addEventListener("click", () => choose(song));
      this.#buttons.set(song.id, button);
      this.#list.append(make("li", {}, button));
    }
  }

  /** Marks the song that is chosen, and whether it can be heard. */
  mark(song: Song | null, isPlaying: boolean): void {
    for (const [id, button] of this.#buttons) {
      button.ariaCurrent = id === song?.id ? "true" : null;
      button.classList.toggle("is-playing", id === song?.id && isPlaying);
    }
  }
}

function rowOf(song: Song): HTMLButtonElement {
  const cover = make("img", { src: coverUrl(song), alt: "", width: 400, height: 400, className: "song-cover" });
  const title = make("span", { className: "song-title" }, song.title);
  const artist = make("span", { className: "song-artist" }, song.artist);
  const duration = make("span", { className: "song-duration" }, clockText(song.durationSeconds));
  const bars = make("span", { className: "bars", ariaHidden: "true" }, make("i", {}), make("i", {}), make("i", {}));
  const text = make(
    "span",
    { className: "song-text" },
    title,
    make("span", { className: "visually-hidden" }, ", "),
    artist,
  );
  return make(
    "button",
    { type: "button", className: "song" },
    make("span", { className: "song-art" }, cover, bars),
    text,
    duration,
  );
}
