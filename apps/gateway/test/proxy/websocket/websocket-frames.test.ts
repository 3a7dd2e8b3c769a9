import fc from "fast-check";
import { expect, test } from "vitest";
import { closeFrame, FrameReader } from "../../../src/proxy/websocket/websocket-frames.ts";

/** A whole frame (RFC 6455, 5.2). A mask of zeros is one. */
function frame(opcode: number, payload: Buffer, isMasked: boolean): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(2 + (length < 126 ? 0 : length < 65_536 ? 2 : 8));
  header[0] = 0x80 | opcode;
  header[1] = (isMasked ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, Buffer.alloc(isMasked ? 4 : 0), payload]);
}

const [TEXT, BINARY, PING] = [1, 2, 9];

test("frames of every length are followed, in whatever pieces they come", () => {
  const lengths = fc.constantFrom(0, 1, 125, 126, 127, 65_535, 65_536, 70_000);
  const frames = fc.array(fc.record({ length: lengths, isData: fc.boolean() }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(frames, fc.boolean(), fc.integer({ min: 1, max: 5_000 }), (shapes, mask, pieceLength) => {
      const bytes = Buffer.concat(
        shapes.map(({ length, isData }) =>
          frame(isData ? BINARY : PING, Buffer.alloc(isData ? length : Math.min(length, 125)), mask),
        ),
      );
      const reader = new FrameReader();
      let hasData = false;
      let isBetweenFrames = true;
      for (let start = 0; start < bytes.length; start += pieceLength) {
        const progress = reader.read(bytes.subarray(start, start + pieceLength));
        hasData ||= progress.hasData;
        isBetweenFrames = progress.isBetweenFrames;
      }
      expect(isBetweenFrames).toBe(true);
      expect(hasData).toBe(shapes.some(({ isData }) => isData));
    }),
    { numRuns: 200 },
  );
});

test("within a frame it is not between frames, wherever the frame is cut", () => {
  const bytes = frame(TEXT, Buffer.alloc(300, "x"), true);
  for (let length = 1; length < bytes.length; length++) {
    expect(new FrameReader().read(bytes.subarray(0, length)).isBetweenFrames).toBe(false);
  }
});

test("a close frame has its code and its reason", () => {
  const bytes = closeFrame(4_401, "session ended");
  expect([bytes[0], bytes[1], bytes.readUInt16BE(2), bytes.subarray(4).toString()]).toEqual([
    0x88,
    15,
    4_401,
    "session ended",
  ]);
  expect(new FrameReader().read(bytes)).toEqual({ hasData: false, isBetweenFrames: true });
});
