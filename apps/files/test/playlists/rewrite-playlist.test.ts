import { readAccessPath } from "coatcheck/access/path-scope";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { passingOn } from "../../src/playlists/child-uri.ts";
import { isHlsPlaylist, rewritePlaylist } from "../../src/playlists/rewrite-playlist.ts";

const publicUrl = "https://files.example";
const passFor = (path: string) => ({ path, issuedAt: 0, expiresAt: 1, session: "session" });
const passOn = passingOn("PASS", passFor("/songs/"), { publicUrl, path: "/songs/live/index.m3u8" });

describe("a playlist", () => {
  test("gets the pass into every URI that is one of its children, and stays as it is otherwise", () => {
    const playlist = [
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      '#EXT-X-KEY:METHOD=AES-128,URI="key.bin",IV=0x00',
      '#EXT-X-MAP:URI="init.mp4",BYTERANGE="720@0"',
      '#EXT-X-MEDIA:TYPE=AUDIO,NAME="A, B",GROUP-ID="URI=\\"",URI="../audio/en.m3u8"',
      '#EXT-X-PART:DURATION=0.3,URI="part.mp4",INDEPENDENT=YES',
      '# a comment, URI="key.bin"',
      "#EXTINF:4.0,a title, with URI=x",
      "one.ts",
      "#EXTINF:4.0,",
      "  ",
      "/songs/two.ts?quality=low#t=1",
      "#EXT-X-ENDLIST",
    ];
    expect(rewritePlaylist(playlist.join("\n"), passOn).split("\n")).toEqual([
      "#EXTM3U",
      "#EXT-X-VERSION:7",
      '#EXT-X-KEY:METHOD=AES-128,URI="key.bin?token=PASS",IV=0x00',
      '#EXT-X-MAP:URI="init.mp4?token=PASS",BYTERANGE="720@0"',
      '#EXT-X-MEDIA:TYPE=AUDIO,NAME="A, B",GROUP-ID="URI=\\"",URI="../audio/en.m3u8?token=PASS"',
      '#EXT-X-PART:DURATION=0.3,URI="part.mp4?token=PASS",INDEPENDENT=YES',
      '# a comment, URI="key.bin"',
      "#EXTINF:4.0,a title, with URI=x",
      "one.ts?token=PASS",
      "#EXTINF:4.0,",
      "  ",
      "/songs/two.ts?quality=low&token=PASS#t=1",
      "#EXT-X-ENDLIST",
    ]);
  });

  test.each(["\n", "\r\n"])("keeps its line ends, and is the same to the byte where nothing is to be done", (end) => {
    const text = ["#EXTM3U", "#EXTINF:1,", "seg.ts", "", "#EXT-X-ENDLIST", ""].join(end);
    expect(rewritePlaylist(text, (uri) => uri)).toBe(text);
    expect(rewritePlaylist(text, passOn)).toBe(text.replace("seg.ts", "seg.ts?token=PASS"));
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
        expect(rewritePlaylist(pieces.join(""), (uri) => uri)).toBe(pieces.join(""));
      }),
    );
  });

  test.each([
    ["a name without an end", "A".repeat(2_000_000)],
    ["names without values", "A,".repeat(1_000_000)],
    ["a quote without an end", `A="${"x,A=".repeat(500_000)}`],
    ["quotes without names", '"'.repeat(2_000_000)],
    ["spaces", " ".repeat(2_000_000)],
  ])("takes no longer than its length, of %s", (_, text) => {
    // With the square of it, these would take hours.
    for (const line of [`#EXT-X-KEY:${text}.URI="one.ts`, `#EXT-X-KEY:URI=${text}`, text, `#${text}`]) {
      expect(rewritePlaylist(line, (uri) => uri)).toBe(line);
    }
  });

  test("is known by its first line", () => {
    expect(["#EXTM3U\n", "#EXTM3U\r\nx", "#EXTM3U\n#EXTINF:1"].map(isHlsPlaylist)).toEqual([true, true, true]);
    expect(["", "one.mp3\n", "#EXTM3U8\n", "\n#EXTM3U\n", "\ufeff#EXTM3U\n"].map(isHlsPlaylist)).toEqual([
      ...[false, false, false, false, false],
    ]);
  });
});

describe("the pass of a playlist", () => {
  test.each([
    ["a name beside it", "one.ts", "one.ts?token=PASS"],
    ["a name above it", "../one.ts", "../one.ts?token=PASS"],
    ["a path", "/songs/one.ts", "/songs/one.ts?token=PASS"],
    ["a query of its own", "one.ts?a=b", "one.ts?a=b&token=PASS"],
    ["a fragment", "one.ts#a?b", "one.ts?token=PASS#a?b"],
    ["this very origin", "https://files.example/songs/one.ts", "https://files.example/songs/one.ts?token=PASS"],
    ["this origin, by its host", "//files.example/songs/one.ts", "//files.example/songs/one.ts?token=PASS"],
    ["a space at the end", "one.ts ", "one.ts?token=PASS"],
    ["a name with what is encoded", "caf%C3%A9.ts", "caf%C3%A9.ts?token=PASS"],
  ])("goes to %s", (_, uri, expected) => expect(passOn(uri)).toBe(expected));

  test.each([
    ["another host", "https://other.example/songs/one.ts"],
    ["another host, by its host alone", "//other.example/songs/one.ts"],
    ["another host that looks like it", "https://files.example.other.example/songs/one.ts"],
    ["another host behind a user name", "https://files.example@other.example/songs/one.ts"],
    ["this host with a user name", "https://somebody@files.example/songs/one.ts"],
    ["another host, by backslashes", "\\\\other.example/songs/one.ts"],
    ["another port", "https://files.example:8443/songs/one.ts"],
    ["another scheme", "http://files.example/songs/one.ts"],
    ["data", "data:text/plain,one"],
    ["a key of another system", "skd://key"],
    ["what it does not open", "/videos/one.ts"],
    ["what is above what it opens", "../../one.ts"],
    ["a folder", "/songs/more/"],
    ["what could mean several things", "/songs/%2e%2e%2fone.ts"],
    ["one that has a pass", "one.ts?token=OTHER"],
    ["no URI at all", "http://[/"],
  ])("does not go to %s", (_, uri) => expect(passOn(uri)).toBe(uri));

  test("does not go where a player puts something in", () => {
    const text = ['#EXT-X-DEFINE:NAME="x",VALUE="//other.example"', '#EXT-X-MAP:URI="{$x}/init.mp4"', "{$x}/one.ts"];
    expect(rewritePlaylist(text.join("\n"), passOn)).toBe(text.join("\n"));
  });

  test("does not go to the neighbours of a file that it opens alone", () => {
    const forOne = passingOn("PASS", passFor("/songs/index.m3u8"), { publicUrl, path: "/songs/index.m3u8" });
    expect(forOne("one.ts")).toBe("one.ts");
  });

  test("goes to nobody else, whatever is written there", () => {
    const piece = fc.constantFrom(
      ...["https:", "http:", "/", "//", "\\", "..", ".", "@", ":", "?", "#", "%2f", "%5c", "%2e", "%25", "\t"],
      ...["files.example", "other.example", "songs", "videos", "one.ts", "token=", "&", " "],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const uri = passOn(pieces.join(""));
        if (!uri.includes("PASS")) return;
        // As a player reads it.
        const url = new URL(uri, `${publicUrl}/songs/live/index.m3u8`);
        expect(url.origin).toBe(publicUrl);
        expect(readAccessPath(url.pathname)?.text).toMatch(/^\/songs\/./);
        expect(url.searchParams.getAll("token")).toEqual(["PASS"]);
      }),
      { numRuns: 5_000 },
    );
  });
});
