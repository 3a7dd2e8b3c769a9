/** The effect of a piece of one direction of a WebSocket. */
export interface FrameProgress {
  /** A frame with data in it began, text or binary: not a ping, a pong or a close. */
  readonly hasData: boolean;
  /** The last frame that began has ended: another one may be put in here. */
  readonly isBetweenFrames: boolean;
}

const OPCODE = 0x0f;
const FIRST_CONTROL_OPCODE = 0x8;
const MASKED = 0x80;
const LENGTH = 0x7f;
const MASK_BYTES = 4;

/**
 * FrameReader follows the frames of one direction (RFC 6455, 5.2) without holding any of them: enough to tell data from
 * pings, and where one frame ends and the next may begin.
 */
export class FrameReader {
  /** Bytes of a header that has not all come. */
  #header: number[] = [];
  #payloadBytesLeft = 0;

  read(piece: Uint8Array): FrameProgress {
    let hasData = false;
    for (let index = 0; index < piece.length; ) {
      if (this.#payloadBytesLeft > 0) {
        const taken = Math.min(this.#payloadBytesLeft, piece.length - index);
        this.#payloadBytesLeft -= taken;
        index += taken;
        continue;
      }
      this.#header.push(piece[index] ?? 0);
      index++;
      if (this.#header.length < headerLength(this.#header)) continue;
      if (((this.#header[0] ?? 0) & OPCODE) < FIRST_CONTROL_OPCODE) hasData = true;
      this.#payloadBytesLeft = payloadLength(this.#header);
      this.#header = [];
    }
    return { hasData, isBetweenFrames: this.#payloadBytesLeft === 0 && this.#header.length === 0 };
  }
}

/** As far as is known from the bytes that have come: at least two. */
function headerLength([, second]: readonly number[]): number {
  if (second === undefined) return 2;
  const length = second & LENGTH;
  const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
  return 2 + extended + ((second & MASKED) === 0 ? 0 : MASK_BYTES);
}

function payloadLength(header: readonly number[]): number {
  const length = (header[1] ?? 0) & LENGTH;
  if (length < 126) return length;
  const bytes = header.slice(2, length === 126 ? 4 : 10);
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** A close frame as a server sends it: unmasked, with a code of the application's (RFC 6455, 7.4.2) and a reason. */
export function closeFrame(code: number, reason: string): Buffer {
  const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
  return Buffer.concat([Buffer.from([0x88, payload.length]), payload]);
}
