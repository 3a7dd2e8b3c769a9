import { endianness } from "node:os";
import { SAMPLE_RATE_HERTZ, type Stereo } from "./synthesis/sound.ts";

const CHANNELS = 2;
const BYTES_PER_SAMPLE = 2;
const BYTES_PER_FRAME = CHANNELS * BYTES_PER_SAMPLE;
const HEADER_BYTES = 44;
const FORMAT_CHUNK_BYTES = 16;
const PCM = 1;
const LOUDEST = 32_767;

/** The size of a file of so many seconds. */
export function wavBytes(durationSeconds: number): number {
  return HEADER_BYTES + dataBytes(durationSeconds);
}

/** What a WAV file begins with: two channels of 16-bit PCM, of a length that is known beforehand. */
export function wavHeader(durationSeconds: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(wavBytes(durationSeconds) - 8, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(FORMAT_CHUNK_BYTES, 16);
  header.writeUInt16LE(PCM, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(SAMPLE_RATE_HERTZ, 24);
  header.writeUInt32LE(SAMPLE_RATE_HERTZ * BYTES_PER_FRAME, 28);
  header.writeUInt16LE(BYTES_PER_FRAME, 32);
  header.writeUInt16LE(BYTES_PER_SAMPLE * 8, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(dataBytes(durationSeconds), 40);
  return header;
}

/** The frames of a block, left and right by turns, little-endian. */
export function wavFrames({ left, right }: Stereo): Buffer {
  const samples = new Int16Array(CHANNELS * left.length);
  for (let frame = 0; frame < left.length; frame++) {
    samples[CHANNELS * frame] = Math.round((left[frame] ?? 0) * LOUDEST);
    samples[CHANNELS * frame + 1] = Math.round((right[frame] ?? 0) * LOUDEST);
  }
  const bytes = Buffer.from(samples.buffer);
  return endianness() === "LE" ? bytes : bytes.swap16();
}

function dataBytes(durationSeconds: number): number {
  return durationSeconds * SAMPLE_RATE_HERTZ * BYTES_PER_FRAME;
}
