import { writeSongs } from "@coatcheck/example-music/write-songs";

/** Progress is shown in steps of ten percent: the songs take some ten seconds, once. */
const STEP = 0.1;

/** Writes the songs that do not exist yet, and reports its progress. */
export async function writeDemoSongs(folder: string, say: (text: string) => void): Promise<void> {
  let said = 0;
  let isBegun = false;
  await writeSongs(folder, ({ fraction, song }) => {
    // Songs that exist already take no time, so there is nothing to report.
    if (fraction < said + STEP && fraction < 1) {
      isBegun = true;
      return;
    }
    said = fraction;
    if (isBegun) say(`Writing the songs of the demo: ${Math.round(fraction * 100)} %, "${song.title}"`);
  });
}
