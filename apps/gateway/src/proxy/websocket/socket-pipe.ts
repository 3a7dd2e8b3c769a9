import type { Duplex } from "node:stream";
import { closeFrame, FrameReader } from "./websocket-frames.ts";

export interface PipedSockets {
  readonly socket: Duplex;
  readonly upstream: Duplex;
  /** The bytes that came from each side before the two were joined. */
  readonly head: Buffer;
  readonly first: Buffer;
  /** A frame with data came from the client. */
  readonly onClientData: () => void;
  /** For how long a side may take nothing of what the other has sent; two minutes by default. */
  readonly stalledMilliseconds?: number;
}

/** For a frame that is under way when the end comes; and for the client to close its side. */
const CLOSING_MILLISECONDS = 100;
/** For what is still under way between two sides of which one has closed. */
const HALF_CLOSED_MILLISECONDS = 1_000;
const STALLED_MILLISECONDS = 120_000;

/**
 * Joins the two sides of a WebSocket: bytes go both ways as they come, and frames are followed. Returns what ends it, with
 * a code and a reason for the client.
 */
export function pipeSockets(sides: PipedSockets): (code: number, reason: string) => void {
  const { socket, upstream, head, first, onClientData, stalledMilliseconds = STALLED_MILLISECONDS } = sides;
  const fromUpstream = new FrameReader();
  const fromClient = new FrameReader();
  let isBetweenFrames = true;
  let farewell: Buffer | null = null;

  const destroyBoth = () => {
    socket.destroy();
    upstream.destroy();
  };
  // While one side takes nothing the other is not read, and so its end would not be seen either.
  const holdBack = (source: Duplex, target: Duplex) => {
    source.pause();
    const timer = setTimeout(destroyBoth, stalledMilliseconds).unref();
    target.once("drain", () => {
      clearTimeout(timer);
      source.resume();
    });
  };
  const bidFarewell = () => {
    socket.end(farewell);
    upstream.destroy();
  };
  const forward = (piece: Buffer) => {
    ({ isBetweenFrames } = fromUpstream.read(piece));
    if (!socket.write(piece)) holdBack(upstream, socket);
    if (farewell !== null && isBetweenFrames) bidFarewell();
  };
  upstream.on("data", forward);
  socket.on("data", (piece: Buffer) => {
    if (fromClient.read(piece).hasData) onClientData();
    if (!upstream.write(piece)) holdBack(socket, upstream);
  });
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
    setTimeout(destroyBoth, CLOSING_MILLISECONDS).unref();
  };
}

/** A side that reads nothing is not waited for: the bytes still to be written would never leave. */
function endSoon(stream: Duplex): void {
  stream.end();
  setTimeout(() => stream.destroy(), HALF_CLOSED_MILLISECONDS).unref();
}
