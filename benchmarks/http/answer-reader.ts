const NOTHING = Buffer.alloc(0);
const END_OF_HEAD = "\r\n\r\n";
const END_OF_CHUNKS = "0\r\n\r\n";

/** Finds the ends of answers on one connection, by their Content-Length or their last chunk. */
export class AnswerReader {
  readonly #onAnswer: (status: number) => void;
  #received: Buffer = NOTHING;

  constructor(onAnswer: (status: number) => void) {
    this.#onAnswer = onAnswer;
  }

  read(piece: Buffer): void {
    this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    const headEnd = this.#received.indexOf(END_OF_HEAD);
    if (headEnd < 0) return;
    const head = this.#received.toString("latin1", 0, headEnd);
    if (!this.#isWhole(head, headEnd + END_OF_HEAD.length)) return;
    // One request at a time: nothing comes after its answer.
    this.#received = NOTHING;
    this.#onAnswer(Number(head.slice(9, 12)));
  }

  #isWhole(head: string, bodyStart: number): boolean {
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length !== undefined) return this.#received.length >= bodyStart + Number(length);
    if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return true;
    return this.#received.toString("latin1", this.#received.length - END_OF_CHUNKS.length) === END_OF_CHUNKS;
  }
}
