import type { Playback } from "./playback.ts";
import { coverUrl, type Song } from "./song.ts";

/** The keys of headsets and keyboards, and what a locked phone shows. Browsers without these keys lack nothing else. */
export function listenToMediaKeys(playback: Playback, skip: (songs: 1 | -1) => void): void {
  if (!("mediaSession" in navigator)) return;
  const { mediaSession } = navigator;
  mediaSession.setActionHandler("play", () => void playback.play());
  mediaSession.setActionHandler("pause", () => playback.pause());
  mediaSession.setActionHandler("previoustrack", () => skip(-1));
  mediaSession.setActionHandler("nexttrack", () => skip(1));
  mediaSession.setActionHandler("seekto", ({ seekTime }) => playback.seekTo(seekTime ?? 0));
}

export function describeToSystem(song: Song): void {
  if (!("mediaSession" in navigator)) return;
  const artwork = [{ src: coverUrl(song), type: "image/svg+xml", sizes: "any" }];
  navigator.mediaSession.metadata = new MediaMetadata({ title: song.title, artist: song.artist, artwork });
}
