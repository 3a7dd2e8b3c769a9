import type { Duplex } from "node:stream";
import { closeFrame, FrameReader } from "./websocket-frames.ts";

export interface JoinedSockets {
  readonly socket: Duplex;
  readonly upstream: Duplex;
  /** What came from either before the two were joined. */
  readonly head: Buffer;
  readonly first: Buffer;
  /** A frame with data came from the client. */
  readonly onClientData: () => void;
}

/** For a frame that is under way when the end comes; and for the client to close its side. */
const CLOSING_MILLISECONDS = 100;
/** For what is still under way between two sides of which one has closed. */
const HALF_CLOSED_MILLISECONDS = 1_000;

/**
 * Joins the two sides of a WebSocket: bytes go both ways as they come, and frames are followed. Returns what ends it, with
 * a code and a reason for the client.
 */
export function joinSockets(sides: JoinedSockets): (code: number, reason: string) => void {
  const { socket, upstream, head, first, onClientData } = sides;
  const fromUpstream = new FrameReader();
  const fromClient = new FrameReader();
  let isBetweenFrames = true;
  let farewell: Buffer | null = null;

  const bidFarewell = () => {
    socket.end(farewell);
    upstream.destroy();
  };
  const forward = (piece: Buffer) => {
    ({ isBetweenFrames } = fromUpstream.read(piece));
    if (!socket.write(piece)) upstream.pause();
    if (farewell !== null && isBetweenFrames) bidFarewell();
  };
  upstream.on("data", forward);
  socket.on("drain", () => upstream.resume());
  socket.on("data", (piece: Buffer) => {
    if (fromClient.read(piece).hasData) onClientData();
    if (!upstream.write(piece)) socket.pause();
  });
  upstream.on("drain", () => socket.resume());
  if (first.length > 0) forward(first);
  if (head.length > 0) socket.unshift(head);
  socket.resume();

  upstream.on("error", () => upstream.destroy());
  upstream.once("end", () => socket.end());
  // A side that is gone leaves the other nothing to do. Whether it notices or not, it must not stay.
  upstream.once("close", () => endSoon(socket));
  socket.once("end", () => endSoon(upstream));
  socket.once("close", () => upstream.destroy());

  return (code, reason) => {
    farewell = closeFrame(code, reason);
    // Within a frame anything else would be taken for part of it. One that does not end soon is cut off.
    if (isBetweenFrames) bidFarewell();
    setTimeout(() => {
      socket.destroy();
      upstream.destroy();
    }, CLOSING_MILLISECONDS).unref();
  };
}

/** Whoever reads nothing is not waited for: what is still to be written would never leave. */
function endSoon(stream: Duplex): void {
  stream.end();
  setTimeout(() => stream.destroy(), HALF_CLOSED_MILLISECONDS).unref();
}
