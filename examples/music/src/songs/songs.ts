import type { Song } from "../player/song.ts";
import { brassHangers } from "./compositions/brass-hangers.ts";
import { differenceEngine } from "./compositions/difference-engine.ts";
import { lastTram } from "./compositions/last-tram.ts";
import { rainOnTheArcade } from "./compositions/rain-on-the-arcade.ts";
import { ticketFortyEight } from "./compositions/ticket-forty-eight.ts";
import { umbrellaStand } from "./compositions/umbrella-stand.ts";
import type { Composition } from "./score/composition.ts";
import { durationSecondsOf } from "./score/time.ts";

export const compositions: readonly Composition[] = [
  umbrellaStand,
  lastTram,
  brassHangers,
  differenceEngine,
  rainOnTheArcade,
  ticketFortyEight,
];

export const songs: readonly Song[] = compositions.map(songOf);

export function songOf(composition: Composition): Song {
  const { id, title, artist } = composition;
  return { id, title, artist, durationSeconds: durationSecondsOf(composition), path: `/songs/${id}.wav` };
}
