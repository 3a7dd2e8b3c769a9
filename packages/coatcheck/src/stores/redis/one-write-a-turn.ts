/** The socket of a client, or what stands for it. */
export interface HeldSocket {
  cork(): void;
  uncork(): void;
}

/** Node's own, also in a test that takes its place: a socket that is never let go answers nothing for good. */
const atEndOfTurn = setImmediate;

/**
 * OneWriteATurn has what is sent in one turn of the event loop leave in one piece, in its order: to write to a socket costs
 * three times as much as the command that is written. Nothing waits for what other turns send.
 */
export class OneWriteATurn {
  #held: HeldSocket | null = null;

  /** To be called before a command is sent. Undefined for a client that is not connected: it sends nothing. */
  hold(socket: HeldSocket | undefined): void {
    if (socket === undefined || socket === this.#held) return;
    this.#held = socket;
    socket.cork();
    atEndOfTurn(() => {
      // The client may have connected anew meanwhile.
      if (this.#held === socket) this.#held = null;
      socket.uncork();
    });
  }
}
