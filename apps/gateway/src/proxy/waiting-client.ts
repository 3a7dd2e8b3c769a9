import type { Duplex } from "node:stream";

/**
 * Notices that a client leaves which waits for its upgrade: of a connection that nobody reads, nothing would tell. Returns
 * what ends the watch, and gives what the client has sent meanwhile, though it ought to wait.
 */
export function watchWhileWaiting(socket: Duplex): () => Buffer {
  const early: Buffer[] = [];
  const keep = (piece: Buffer) => {
    early.push(piece);
    // Who sends already is there, and is not to fill our memory.
    socket.pause();
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
