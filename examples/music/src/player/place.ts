import type { Song } from "./song.ts";

const KEY = "coatcheck music place";

/** Where the listener was when the session ended. In this tab alone, and until it is asked for. */
export interface Place {
  readonly song: Song;
  readonly positionSeconds: number;
}

export function keepPlace({ song, positionSeconds }: Place): void {
  sessionStorage.setItem(KEY, JSON.stringify({ id: song.id, positionSeconds }));
}

/** The place that was kept, if its song is still there. It is forgotten with that. */
export function takePlace(songs: readonly Song[]): Place | null {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (kept === null) return null;
  const { id, positionSeconds }: { id?: unknown; positionSeconds?: unknown } = JSON.parse(kept);
  const song = songs.find((candidate) => candidate.id === id);
  if (song === undefined || typeof positionSeconds !== "number") return null;
  return { song, positionSeconds: Math.min(positionSeconds, song.durationSeconds) };
}
