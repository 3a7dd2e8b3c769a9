import { execFile } from "node:child_process";
import { promisify } from "node:util";
import fc from "fast-check";
import { M3U8Parser } from "hls.js";
import { Parser } from "m3u8-parser";
import { beforeAll, describe, expect, test } from "vitest";
import { childReferences } from "../../src/playlists/child-reference.ts";
import { splitPlaylist } from "../../src/playlists/split-playlist.ts";
import {
  dangerousUris,
  HOME,
  PLAYLIST_PATH,
  type PlaylistPiece,
  playlistPieces,
} from "../support/dangerous-playlists.ts";
import { missingPlayer } from "../support/missing-player.ts";
import { type RecordedRequest, RecordingProxy } from "../support/recording-proxy.ts";
import { resolveByRfc3986 } from "../support/rfc-3986.ts";

const run = promisify(execFile);
const PASS = "eyJwYXNz.b2Yu.dmlld2Vy";
const BASE = HOME + PLAYLIST_PATH;
const PIECES = 11_500;
const seed = Date.now();
const referenceOf = childReferences(
  { path: "/films/", issuedAt: 0, expiresAt: 1, session: "session" },
  { publicUrl: HOME, path: PLAYLIST_PATH },
);

interface Rewritten {
  readonly text: string;
  /** What was decided: path and query, with the pass, of each child that gets it. */
  readonly decided: ReadonlySet<string>;
}

function rewrite(text: string): Rewritten {
  const decided = new Set<string>();
  const steps = splitPlaylist(text, (uri, kind) => {
    const reference = referenceOf(uri, kind);
    if (reference !== null) decided.add(reference + PASS);
    return reference;
  });
  for (;;) {
    const step = steps.next();
    if (step.done) return { text: step.value.join(PASS), decided };
  }
}

const playlistOf = (pieces: readonly PlaylistPiece[]) =>
  rewrite(["#EXTM3U", "#EXT-X-TARGETDURATION:1", ...pieces.map(({ text }) => text), "#EXT-X-ENDLIST", ""].join("\n"));

const getsThePass = (piece: PlaylistPiece) => rewrite(piece.text.split("\n", 1).join()).decided.size > 0;

/** Where a reader goes with it, if the pass is in it; null if it goes nowhere. */
function expectDecided(url: string | null, { decided }: Rewritten, what: string): void {
  if (url === null || !url.includes(PASS)) return;
  if (url.startsWith(`${HOME}/`) && decided.has(url.slice(HOME.length))) return;
  expect.fail(`With the seed ${seed}, the pass goes to ${url}: ${JSON.stringify(what.slice(0, 500))}`);
}

const byBrowsers = (uri: string) => (URL.canParse(uri, BASE) ? new URL(uri, BASE).href : null);

describe("the pass of a viewer", () => {
  let pieces: readonly PlaylistPiece[];
  let playlist: Rewritten;

  beforeAll(() => {
    pieces = fc.sample(playlistPieces, { numRuns: PIECES, seed });
    playlist = playlistOf(pieces);
    // Enough of them get it, so that there is something to be found out.
    expect(playlist.decided.size).toBeGreaterThan(PIECES / 10);
  });

  test("goes where it was decided, by RFC 3986 and by browsers, in every line and every quote of it", () => {
    for (const line of playlist.text.split(/[\n\r\0\u2028\u2029\u0085\v\f]/)) {
      if (!line.includes(PASS)) continue;
      const quoted = [...line.matchAll(/"([^"]*)"/g)].map(([, text = ""]) => text);
      for (const uri of line.startsWith("#") ? quoted : [line]) {
        expectDecided(resolveByRfc3986(uri, BASE), playlist, line);
        expectDecided(byBrowsers(uri), playlist, line);
      }
    }
  });

  test("goes where it was decided, by hls.js and by video.js", () => {
    let read = 0;
    for (let start = 0; start < pieces.length; start += 5) {
      const some = playlistOf(pieces.slice(start, start + 5));
      const byVideoJs = urlsOfVideoJs(some.text);
      if (byVideoJs !== null) read++;
      for (const url of [...urlsOfHlsJs(some.text), ...(byVideoJs ?? [])]) expectDecided(url, some, some.text);
    }
    expect(read).toBeGreaterThan(PIECES / 10);
  });

  test("goes where it was decided, in playlists of streams", () => {
    const uris = fc.sample(dangerousUris, { numRuns: 2_000, seed });
    for (let start = 0; start < uris.length; start += 4) {
      const [one = "", two = "", three = "", four = ""] = uris.slice(start, start + 4);
      const stream = '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"';
      const rendition = `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="${three}.m3u8"`;
      const some = rewrite(
        ["#EXTM3U", stream, `${one}.m3u8`, rendition, stream, two, stream, `${four}/a.m3u8`].join("\n"),
      );
      const parsed = M3U8Parser.parseMasterPlaylist(some.text, BASE);
      const media = M3U8Parser.parseMasterPlaylistMedia(some.text, BASE, parsed);
      const urls = [...parsed.levels, ...Object.values(media).flat()].map((each) => each?.url ?? null);
      for (const url of urls) expectDecided(url, some, some.text);
    }
  });

  test.skipIf(missingPlayer("ffmpeg"))(
    "goes where it was decided, by FFmpeg, which fetches it",
    { timeout: 120_000 },
    async () => {
      const sound = ["-f", "lavfi", "-i", "sine=duration=0.05", "-c:a", "mp2", "-f", "mpegts", "pipe:1"];
      const { stdout: segment } = await run("ffmpeg", ["-v", "error", ...sound], { encoding: "buffer" });
      // An initial part whose URI FFmpeg cannot read is the end of the playlist for it.
      let waiting = pieces.filter((piece) => !piece.text.includes("#EXT-X-MAP") || getsThePass(piece));
      expect(waiting.length).toBeGreaterThanOrEqual(10_000);
      let fetches = 0;
      // Some answers in the place of a key or of a sound make it give up. It goes on behind that.
      for (let times = 0; waiting.length > 0 && times < 20; times++) {
        const playlist = playlistOf(waiting);
        const requests = await requestsOfFfmpeg(playlist.text, segment);
        const withPass = requests.filter(({ text }) => text.includes(PASS));
        for (const { host, target, text } of withPass) {
          expectDecided(`http://${host.replace(/:80$/, "")}${target}`, playlist, text);
        }
        fetches += requests.length;
        const fetched = new Set(withPass.map(({ target }) => target));
        const missing = waiting.findIndex(
          (piece) =>
            piece.kind === "segment" && [...playlistOf([piece]).decided].some((target) => !fetched.has(target)),
        );
        waiting = missing === -1 ? [] : waiting.slice(missing);
      }
      // It went to the end of the playlist, and everywhere on its way.
      expect(waiting).toEqual([]);
      expect(fetches).toBeGreaterThan(PIECES);
    },
  );
});

/** Everything that FFmpeg wants of whichever host, when it plays this. */
async function requestsOfFfmpeg(playlist: string, segment: Buffer): Promise<readonly RecordedRequest[]> {
  const proxy = await RecordingProxy.start(segment, new Map([[PLAYLIST_PATH, Buffer.from(playlist)]]));
  const input = ["-allowed_segment_extensions", "ALL", "-extension_picky", "0", "-i", BASE];
  const env = { ...process.env, http_proxy: proxy.url, no_proxy: "" };
  try {
    await run("ffmpeg", ["-v", "quiet", "-nostdin", ...input, "-c", "copy", "-f", "null", "-"], { env });
  } catch (error) {
    // Its verdict on the sound is of no matter, but that it was started is.
    if (proxy.requests.length === 0) throw error;
  } finally {
    await proxy.close();
  }
  return proxy.requests;
}

function* urlsOfHlsJs(text: string): Generator<string | null> {
  const level = M3U8Parser.parseLevelPlaylist(text, BASE, 0, "main" as never, 0, null);
  for (const fragment of [...level.fragments, ...(level.partList ?? [])]) {
    yield fragment.url;
    if (!("levelkeys" in fragment)) continue;
    yield fragment.initSegment?.url ?? null;
    for (const key of Object.values(fragment.levelkeys ?? {})) yield key?.uri ?? null;
  }
  const others = [...(level.renditionReports ?? []), level.preloadHint];
  for (const other of others) yield byBrowsers(other?.URI ?? "");
}

/** Nothing of a playlist that it gives up. */
function urlsOfVideoJs(text: string): readonly (string | null)[] | null {
  const parser = new Parser();
  try {
    parser.push(text);
    parser.end();
  } catch {
    return null;
  }
  const uris: string[] = [];
  JSON.stringify(parser.manifest, (key, value) => {
    if (/uri$/i.test(key) && typeof value === "string") uris.push(value);
    return value;
  });
  return uris.map(byBrowsers);
}
