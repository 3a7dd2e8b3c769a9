import type { Duplex } from "node:stream";

/** More than a few frames, and little enough for everybody who waits. */
const MAXIMUM_EARLY_BYTES = 16 * 1_024;

/**
 * Notices that a client leaves which waits for its upgrade: of a connection that nobody reads, nothing would tell. Returns
 * what ends the watch, and gives what the client has sent meanwhile, though it ought to wait.
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
