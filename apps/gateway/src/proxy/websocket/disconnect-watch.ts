import type { Duplex } from "node:stream";

/** More than a few frames, and little enough for each client that waits. */
const MAXIMUM_EARLY_BYTES = 16 * 1_024;

/**
 * Notices when a client that waits for its upgrade leaves: a connection that is not read reports nothing. Returns a
 * function that ends the watch and gives the bytes that the client has sent meanwhile, although it should wait.
 */
export function watchForDisconnect(socket: Duplex): () => Buffer {
  const early: Buffer[] = [];
  let size = 0;
  const keep = (piece: Buffer) => {
    early.push(piece);
    size += piece.length;
    // Not read any more, it could leave unnoticed; but it is not to fill our memory.
    if (size > MAXIMUM_EARLY_BYTES) socket.pause();
  };
  const leave = () => socket.destroy();
  socket.on("data", keep);
  socket.once("end", leave);
  return () => {
    socket.pause();
    socket.off("data", keep);
    socket.off("end", leave);
    return Buffer.concat(early);
  };
}
