import { describe, expect, test } from "vitest";
import { fileResponse } from "../../src/http/file-response.ts";
import { isPlaylist, mediaTypeOf } from "../../src/http/media-types.ts";

const file = {
  size: 100,
  entityTag: '"tag"',
  lastModified: Date.UTC(2026, 0, 2, 3, 4, 5),
  contentEncoding: null,
  mediaType: mediaTypeOf("one.wav"),
};
const newBoundary = () => "boundary";

describe("what is said of a file", () => {
  test("the whole", () => {
    expect(fileResponse({ status: 200 }, file, newBoundary)).toEqual({
      headers: {
        "content-type": "audio/wav",
        "accept-ranges": "bytes",
        etag: '"tag"',
        "content-length": "100",
        "last-modified": "Fri, 02 Jan 2026 03:04:05 GMT",
      },
      content: { first: 0, last: 99 },
    });
  });

  test("nothing is read of an empty one", () => {
    const { headers, content } = fileResponse({ status: 200 }, { ...file, size: 0 }, newBoundary);
    expect([headers["content-length"], content]).toEqual(["0", null]);
  });

  test("a range says which of how many", () => {
    const plan = { status: 206, ranges: [{ first: 10, last: 19 }] } as const;
    const { headers, content } = fileResponse(plan, file, newBoundary);
    expect(headers).toMatchObject({ "content-length": "10", "content-range": "bytes 10-19/100" });
    expect(content).toEqual({ first: 10, last: 19 });
  });

  test("several ranges say it each, and the length is that of the whole body", () => {
    const ranges = [
      { first: 10, last: 19 },
      { first: 0, last: 4 },
    ] as const;
    const { headers, content } = fileResponse({ status: 206, ranges }, file, newBoundary);
    expect(headers["content-range"]).toBeUndefined();
    expect(headers["content-type"]).toBe("multipart/byteranges; boundary=boundary");
    if (content === null || !("parts" in content)) throw new Error("It is no multipart body.");
    const body = content.parts.map(({ head, range }) => head.toString() + "x".repeat(range.last - range.first + 1));
    const text = [...body, content.end.toString()].join("");
    expect(text.length).toBe(Number(headers["content-length"]));
    expect(text).toBe(
      [
        "--boundary",
        "Content-Type: audio/wav",
        "Content-Range: bytes 10-19/100",
        "",
        "xxxxxxxxxx",
        "--boundary",
        "Content-Type: audio/wav",
        "Content-Range: bytes 0-4/100",
        "",
        "xxxxx",
        "--boundary--",
        "",
      ].join("\r\n"),
    );
  });

  test("a copy that is still good is told its tag, and nothing that could be wrong", () => {
    expect(fileResponse({ status: 304 }, file, newBoundary)).toEqual({ headers: { etag: '"tag"' }, content: null });
  });

  test("how the bytes are encoded is passed on, and a date that is none is not", () => {
    const { headers } = fileResponse(
      { status: 200 },
      { ...file, contentEncoding: "gzip", lastModified: null },
      newBoundary,
    );
    expect(headers["content-encoding"]).toBe("gzip");
    expect(headers["last-modified"]).toBeUndefined();
  });
});

describe("a media type", () => {
  test.each([
    ["one.mp3", "audio/mpeg"],
    ["ONE.FLAC", "audio/flac"],
    ["live.m3u8", "application/vnd.apple.mpegurl"],
    ["segment.ts", "video/mp2t"],
    ["segment.m4s", "video/iso.segment"],
    ["module.wasm", "application/wasm"],
    ["cover.tar.jpeg", "image/jpeg"],
    ["lines.vtt", "text/vtt; charset=utf-8"],
  ])("%s may be looked at: %s", (name, text) => {
    expect(mediaTypeOf(name)).toEqual({ text, isInline: true });
  });

  test.each(["page.html", "page.xhtml", "picture.svg", "feed.xml", "code.js", "style.css", "paper.pdf"])(
    "%s is never shown as a page",
    (name) => expect(mediaTypeOf(name).isInline).toBe(false),
  );

  test.each(["README", "html", "one.unknown", ".mp3x", "mp3.", "toString", "x.constructor"])(
    "%s is bytes, to be saved",
    (name) => expect(mediaTypeOf(name)).toEqual({ text: "application/octet-stream", isInline: false }),
  );

  test("playlists are known", () => {
    expect(["a.m3u8", "a.m3u", "a.mp3", "m3u8.txt"].map((name) => isPlaylist(mediaTypeOf(name)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
