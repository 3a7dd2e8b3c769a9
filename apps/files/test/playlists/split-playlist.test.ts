import { readAccessPath } from "coatcheck/passes";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { childReferences, type ReferenceOf } from "../../src/playlists/child-reference.ts";
import { isHlsPlaylist, splitPlaylist } from "../../src/playlists/split-playlist.ts";

const publicUrl = "https://files.example";
const passFor = (path: string) => ({ path, issuedAt: 0, expiresAt: 1, session: "session" });
const place = { publicUrl, path: "/songs/live/index.m3u8" };
const references = childReferences(passFor("/songs/"), place);
const none: ReferenceOf = () => null;

function rewritten(text: string, referenceOf: ReferenceOf = references): string {
  const steps = splitPlaylist(text, referenceOf);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.join("PASS");
  }
}

/** What stands in place of a URI of a segment. */
const passOn = (uri: string) => rewritten(uri);

describe("a playlist", () => {
  test("gets the pass into every URI that is one of its children, and stays as it is otherwise", () => {
    const playlist = [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      '#EXT-X-KEY:METHOD=AES-128,URI="key.bin",IV=0x00',
      '#EXT-X-MAP:URI="init.mp4", BYTERANGE="720@0"',
      '#EXT-X-MEDIA:TYPE=AUDIO,NAME="A, B",GROUP-ID="URI=",URI="../audio/en.m3u8"',
      '#EXT-X-PART:DURATION=0.3,URI="part.mp4",INDEPENDENT=YES',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="next.mp4"',
      '# a comment, URI="key.bin"',
      "#EXTINF:4.0,a title, with URI=x",
      "one.ts",
      "#EXTINF:4.0,",
      "  ",
      "/songs/two.ts?quality=low#t=1",
      "#EXT-X-ENDLIST",
    ];
    expect(rewritten(playlist.join("\n")).split("\n")).toEqual([
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      '#EXT-X-KEY:METHOD=AES-128,URI="/songs/live/key.bin?token=PASS",IV=0x00',
      '#EXT-X-MAP:URI="/songs/live/init.mp4?token=PASS", BYTERANGE="720@0"',
      '#EXT-X-MEDIA:TYPE=AUDIO,NAME="A, B",GROUP-ID="URI=",URI="/songs/audio/en.m3u8?token=PASS"',
      '#EXT-X-PART:DURATION=0.3,URI="/songs/live/part.mp4?token=PASS",INDEPENDENT=YES',
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="/songs/live/next.mp4?token=PASS"',
      '# a comment, URI="key.bin"',
      "#EXTINF:4.0,a title, with URI=x",
      "/songs/live/one.ts?token=PASS",
      "#EXTINF:4.0,",
      "  ",
      "/songs/two.ts?quality=low&token=PASS",
      "#EXT-X-ENDLIST",
    ]);
  });

  test.each(["\n", "\r\n"])("keeps its line ends, and is the same to the byte where nothing is to be done", (end) => {
    const text = ["#EXTM3U", "#EXTINF:1,", "seg.ts", "", "#EXT-X-ENDLIST", ""].join(end);
    expect(rewritten(text, none)).toBe(text);
    expect(rewritten(text)).toBe(text.replace("seg.ts", "/songs/live/seg.ts?token=PASS"));
  });

  test("is the same to the byte, whatever is in it, where nothing is to be done", () => {
    const piece = fc.constantFrom(
      "#EXT-X-KEY:",
      'URI="',
      '"',
      ",",
      "=",
      "a",
      "#",
      "\r",
      "\n",
      " ",
      "URI=",
      "{$x}",
      "é",
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(rewritten(pieces.join(""), none)).toBe(pieces.join(""));
      }),
    );
  });

  test.each([
    ["a name without an end", "A".repeat(2_000_000)],
    ["names without values", "A,".repeat(1_000_000)],
    ["a quote without an end", `A="${"x,A=".repeat(500_000)}`],
    ["quotes without names", '"'.repeat(2_000_000)],
    ["spaces", " ".repeat(2_000_000)],
    ["lines of spaces", `${" ".repeat(3_900)}x\n`.repeat(500)],
    ["lines of attributes", `#EXT-X-KEY:${"A=x,".repeat(950)}URI="\n`.repeat(500)],
  ])("takes no longer than its length, of %s", (_, text) => {
    // With the square of it, these would take hours.
    for (const line of [`#EXT-X-KEY:${text}.URI="one.ts`, `#EXT-X-KEY:URI=${text}`, text, `#${text}`]) {
      expect(rewritten(line, none)).toBe(line);
    }
  });

  test("is known by its first line", () => {
    expect(["#EXTM3U\n", "#EXTM3U\r\nx", "#EXTM3U\n#EXTINF:1"].map(isHlsPlaylist)).toEqual([true, true, true]);
    expect(["", "one.mp3\n", "#EXTM3U8\n", "\n#EXTM3U\n", "\ufeff#EXTM3U\n", "#EXTM3U\r"].map(isHlsPlaylist)).toEqual(
      Array(6).fill(false),
    );
  });
});

describe("a viewer whose player reads lines in another way", () => {
  /** Each is a line of which a real player makes a URL of another host, with what follows in it. */
  test.each([
    ["a comma that hls.js wants after a quote", '#EXT-X-MAP:URI="http://other.example/?"x,URI="init.mp4"'],
    ["a backslash that FFmpeg takes for part of a quote", '#EXT-X-MAP:A="\\",URI="init.mp4"'],
    ["a space that ends a value for FFmpeg", '#EXT-X-MAP:A=x B=y,URI="init.mp4"'],
    ["an end of line inside a tag, for FFmpeg", '#EXT-X-X:\0http://other.example/?,URI="init.mp4"'],
    ["an end of line inside a tag, for hls.js", '#EXT-X-X:A="\u2028http://other.example/?",URI="init.mp4"'],
    ["an end of line inside a tag, for Python", '#EXT-X-X:A="\u0085http://other.example/?",URI="init.mp4"'],
    ["no end of line where video.js sees none", "http://other.example/?\rinit.mp4"],
    ["a length after which hls.js looks for a URL", '#EXTINF:4 http://other.example/?,URI="init.mp4"'],
    ["a line that is cut by what reads so much at a time", `#EXT-X-MAP:A="${"x".repeat(4_000)}",URI="init.mp4"`],
  ])("keeps the pass: %s", (_, line) => expect(rewritten(line)).toBe(line));

  test("keeps the pass where the player puts something in", () => {
    const text = ['#EXT-X-DEFINE:NAME="x",VALUE="//other.example"', '#EXT-X-MAP:URI="{$x}/init.mp4"', "{$x}/one.ts"];
    expect(rewritten(text.join("\n"))).toBe(text.join("\n"));
  });

  test("hands it to no playlist that we would not look at, for that could ask for it", () => {
    const streams = [
      "#EXTM3U",
      "#EXT-X-STREAM-INF:BANDWIDTH=1",
      "low.m3u8",
      "#EXT-X-STREAM-INF:BANDWIDTH=2",
      "high.txt",
    ];
    expect(rewritten(streams.join("\n")).split("\n").slice(2)).toEqual([
      "/songs/live/low.m3u8?token=PASS",
      "#EXT-X-STREAM-INF:BANDWIDTH=2",
      "high.txt",
    ]);
    const rendition = '#EXT-X-MEDIA:TYPE=AUDIO,URI="audio.txt"';
    expect(rewritten(rendition)).toBe(rendition);
  });
});

describe("the pass of a playlist", () => {
  test.each([
    ["a name beside it", "one.ts", "/songs/live/one.ts?token=PASS"],
    ["a name above it", "../one.ts", "/songs/one.ts?token=PASS"],
    ["a name below it", "./low/one.ts", "/songs/live/low/one.ts?token=PASS"],
    ["a path", "/songs/one.ts", "/songs/one.ts?token=PASS"],
    ["a query of its own", "one.ts?a=b", "/songs/live/one.ts?a=b&token=PASS"],
    ["a query with what is special elsewhere", 'one.ts?a=:/"?b', "/songs/live/one.ts?a=%3A%2F%22%3Fb&token=PASS"],
    ["a fragment, which no server is told of", "one.ts#a?b", "/songs/live/one.ts?token=PASS"],
    ["this very origin", "https://files.example/songs/one.ts", "/songs/one.ts?token=PASS"],
    ["this very origin, in other letters", "HTTPS://Files.Example/songs/one.ts", "/songs/one.ts?token=PASS"],
    ["this origin, by its host", "//files.example/songs/one.ts", "/songs/one.ts?token=PASS"],
    ["a space around it", " one.ts ", "/songs/live/one.ts?token=PASS"],
    ["a name with what is encoded", "caf%C3%A9.ts", "/songs/live/caf%C3%A9.ts?token=PASS"],
    ["a name with what is not encoded", "café 1.ts", "/songs/live/caf%C3%A9%201.ts?token=PASS"],
    ["a name that looks like a scheme", "./http:one.ts", "/songs/live/http%3Aone.ts?token=PASS"],
  ])("goes to %s", (_, uri, expected) => expect(passOn(uri)).toBe(expected));

  test.each([
    ["another host", "https://other.example/songs/one.ts"],
    ["another host, by its host alone", "//other.example/songs/one.ts"],
    ["another host that looks like it", "https://files.example.other.example/songs/one.ts"],
    ["another host behind a user name", "https://files.example@other.example/songs/one.ts"],
    ["another host behind a port", "https://files.example:x@other.example/songs/one.ts"],
    ["this host with a user name", "https://user@files.example/songs/one.ts"],
    ["another host, by backslashes", "\\\\other.example/songs/one.ts"],
    ["another host, behind a backslash", "https://files.example\\songs\\@other.example/one.ts"],
    ["another host, by a scheme without slashes", "https:other.example/one.ts"],
    ["another host, by a scheme with one slash", "https:/other.example/one.ts"],
    ["another host, by three slashes", "///other.example/songs/one.ts"],
    ["a tab that some leave out", "ht\ttps://other.example/songs/one.ts"],
    ["another port", "https://files.example:8443/songs/one.ts"],
    ["another scheme", "http://files.example/songs/one.ts"],
    ["data", "data:text/plain,one"],
    ["a key of another system", "skd://key"],
    ["what it does not open", "/videos/one.ts"],
    ["what is above what it opens", "../../one.ts"],
    ["a folder", "/songs/more/"],
    ["what could mean several things", "/songs/%2e%2e/one.ts"],
    ["dots that are some reader's way up", "/songs/live/%2E%2E/one.ts"],
    ["one that has a pass", "one.ts?token=OTHER"],
    ["one that has a pass, encoded", "one.ts?%74oken=OTHER"],
    ["a query beyond measure", `one.ts?${"a".repeat(1_025)}`],
    ["a path beyond measure", `${"a".repeat(1_020)}.ts`],
    ["no URI at all", "http://[/"],
    ["a name that looks like a scheme", "http:one.ts"],
    ["a broken encoding", "100% one.ts"],
    ["itself", "#one"],
  ])("does not go to %s", (_, uri) => expect(passOn(uri)).toBe(uri));

  test("does not go to the neighbours of a file that it opens alone", () => {
    const forOne = childReferences(passFor("/songs/index.m3u8"), { publicUrl, path: "/songs/index.m3u8" });
    expect(forOne("one.ts", "part")).toBeNull();
    expect(forOne("index.m3u8", "part")).toBe("/songs/index.m3u8?token=");
  });

  test("goes to what it opens, and stands behind what was decided, whatever is written there", () => {
    const piece = fc.constantFrom(
      "https:",
      "http:",
      "/",
      "//",
      "\\",
      "..",
      ".",
      "@",
      ":",
      "?",
      "#",
      "%2f",
      "%5c",
      "%2e",
      "%25",
      "\t",
      "files.example",
      "other.example",
      "songs",
      "videos",
      "one.ts",
      "token=",
      "&",
      " ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const reference = references(pieces.join(""), "part");
        if (reference === null) return;
        expect(reference).toMatch(/^\/songs\/[\w.!~*'()%/-]+\?([\w.~!*'()=&+%-]+&)?token=$/);
        expect(readAccessPath(reference.split("?")[0] ?? "")).not.toBeNull();
      }),
      { numRuns: 5_000 },
    );
  });
});
