import { writeSongs } from "@coatcheck/example-music/write-songs";

/** Told in tens: it takes some ten seconds, once. */
const STEP = 0.1;

/** Writes the songs that are not there yet, and says how far it has come. */
export async function writeDemoSongs(folder: string, say: (text: string) => void): Promise<void> {
  let said = 0;
  let isBegun = false;
  await writeSongs(folder, ({ fraction, song }) => {
    // What is there already goes by in no time, and is not worth a word.
    if (fraction < said + STEP && fraction < 1) {
      isBegun = true;
      return;
    }
    said = fraction;
    if (isBegun) say(`Writing the songs of the demo: ${Math.round(fraction * 100)} %, "${song.title}"`);
  });
}
