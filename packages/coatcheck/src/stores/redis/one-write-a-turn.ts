/** The socket of a client, or an object in its place. */
export interface HeldSocket {
  cork(): void;
  uncork(): void;
}

/**
 * Node's own timer, even if a test replaces the global one: a socket that is never released would never answer again.
 */
const atEndOfTurn = setImmediate;

/**
 * OneWriteATurn sends all commands of one turn of the event loop in one piece, in their order: a write to a socket
 * costs three times as much as the command that it sends. No command waits for those of other turns.
 */
export class OneWriteATurn {
  #held: HeldSocket | null = null;

  /**
   * Call this before a command is sent. `socket` is undefined for a client that is not connected, which sends nothing.
   */
  hold(socket: HeldSocket | undefined): void {
    if (socket === undefined || socket === this.#held) return;
    this.#held = socket;
    socket.cork();
    atEndOfTurn(() => {
      // The client may have reconnected meanwhile.
      if (this.#held === socket) this.#held = null;
      socket.uncork();
    });
  }
}
