import { Client } from "./coatcheck-client.js";
import { find, make } from "./dom.ts";
import { type Parting, sayFarewell } from "./farewell.ts";
import { listenToKeys } from "./keyboard.ts";
import { describeToSystem, listenToMediaKeys } from "./media-keys.ts";
import { NowPlaying } from "./now-playing.ts";
import { PassKeeper } from "./pass-keeper.ts";
import { PassTicket } from "./pass-ticket.ts";
import { Passes } from "./passes.ts";
import { keepPlace, takePlace } from "./place.ts";
import { Playback } from "./playback.ts";
import { watchSession } from "./session.ts";
import type { Song } from "./song.ts";
import { SongList } from "./song-list.ts";
import { controlVolume } from "./volume.ts";

/** How far into a song "previous" means its beginning. */
const RESTART_SECONDS = 4;

const client = new Client();
const loading = find("#loading", HTMLElement);
let isOver = false;
let part: (parting: Parting) => void = () => {};

function end(parting: Parting): void {
  if (isOver) return;
  isOver = true;
  part(parting);
  sayFarewell(parting);
}

function open(songs: readonly Song[]): void {
  const audio = make("audio", { preload: "metadata" });
  document.body.append(audio);
  const keeper = new PassKeeper(new Passes(client), () => end("ended"));
  const playback = new Playback(audio, keeper, {
    onChange: () => update(),
    onFinished: () => skip(1),
    onProblem: (text) => view.showProblem(text),
  });
  const view = new NowPlaying(playback);
  const ticket = new PassTicket(keeper);
  const list = new SongList(songs, (song) => {
    if (song === playback.song) toggle();
    else choose(song);
  });

  function update(): void {
    view.update();
    ticket.update();
    list.mark(playback.song, playback.state === "playing");
  }

  function show(song: Song, positionSeconds = 0): void {
    view.showSong(song);
    playback.select(song, positionSeconds);
    describeToSystem(song);
  }

  function choose(song: Song): void {
    show(song);
    void playback.play();
  }

  function toggle(): void {
    if (playback.state === "paused") void playback.play();
    else playback.pause();
  }

  function skip(by: 1 | -1): void {
    if (by === -1 && playback.positionSeconds > RESTART_SECONDS) {
      playback.seekTo(0);
      return;
    }
    const index = songs.findIndex(({ id }) => id === playback.song?.id);
    const song = songs.at((index + by) % songs.length);
    if (song !== undefined) choose(song);
  }

  find("#toggle", HTMLButtonElement).addEventListener("click", toggle);
  find("#previous", HTMLButtonElement).addEventListener("click", () => skip(-1));
  find("#next", HTMLButtonElement).addEventListener("click", () => skip(1));
  const seekBy = (seconds: number) => playback.seekTo(playback.positionSeconds + seconds);
  listenToKeys({ toggle, seekBy, skip });
  listenToMediaKeys(playback, skip);
  controlVolume(audio);
  watchSession(client, end, (text) => view.showProblem(text));
  part = (parting) => {
    const { song, positionSeconds } = playback;
    if (parting === "ended" && song !== null) keepPlace({ song, positionSeconds });
    playback.stop();
  };

  const place = takePlace(songs);
  const [first] = songs;
  if (place !== null) show(place.song, place.positionSeconds);
  else if (first !== undefined) show(first);
  loading.hidden = true;
  find("#room", HTMLElement).hidden = false;
}

try {
  const response = await client.fetch("/api/library/songs");
  if (response.status === 401) end("ended");
  else if (!response.ok) throw new Error(`The library answered ${response.status}.`);
  else {
    const { songs }: { songs: readonly Song[] } = await response.json();
    open(songs);
  }
} catch {
  loading.textContent = "The songs could not be fetched. Reload the page to try again.";
}
