import { connect, type Socket } from "node:net";

export interface RawAnswer {
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** One request after the other on a connection that is kept, byte for byte as they are given. A new one where it ended. */
export class RawConnection {
  readonly #port: number;
  #socket: Socket | null = null;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((answer: RawAnswer) => void) | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  send(request: string): Promise<RawAnswer> {
    const socket = this.#socket ?? this.#open();
    return new Promise((resolve) => {
      this.#settle = resolve;
      socket.write(Buffer.from(request, "latin1"));
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  #open(): Socket {
    const socket = connect(this.#port, "127.0.0.1").setNoDelay();
    this.#received = Buffer.alloc(0);
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (piece: Buffer) => {
      if (this.#socket !== socket) return;
      this.#received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
      const whole = wholeAnswer(this.#received);
      if (whole === null) return;
      if (whole.isLast || whole.length < this.#received.length) this.close();
      this.#received = Buffer.alloc(0);
      this.#answer(whole.answer);
    });
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#answer({ status: 0, head: "", body: "" });
    });
    return socket;
  }

  #answer(answer: RawAnswer): void {
    const settle = this.#settle;
    this.#settle = null;
    settle?.(answer);
  }
}

interface WholeAnswer {
  readonly answer: RawAnswer;
  readonly length: number;
  readonly isLast: boolean;
}

/** Null as long as there is more to come. */
function wholeAnswer(received: Buffer): WholeAnswer | null {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd === -1) return null;
  const head = received.toString("latin1", 0, headEnd);
  const status = Number(head.slice(9, 12));
  const bodyAt = headEnd + 4;
  const isLast = /^connection: *close\r?$/im.test(head);
  const given = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (given !== undefined) {
    const length = bodyAt + Number(given);
    if (received.length < length) return null;
    return { answer: { status, head, body: received.toString("utf8", bodyAt, length) }, length, isLast };
  }
  if (!/^transfer-encoding: *chunked\r?$/im.test(head)) {
    return { answer: { status, head, body: "" }, length: bodyAt, isLast };
  }
  const pieces: Buffer[] = [];
  for (let at = bodyAt; ; ) {
    const lineEnd = received.indexOf("\r\n", at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(received.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (received.length < next) return null;
    if (size === 0)
      return { answer: { status, head, body: Buffer.concat(pieces).toString("utf8") }, length: next, isLast };
    pieces.push(received.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
