import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { allowSlowBody, requireBody } from "../../http/body-timeout.ts";

export interface UploadOptions {
  readonly silenceMilliseconds: number;
  /** Told of each piece. */
  readonly onProgress: () => void;
}

/**
 * Streams the body of a request to the upstream. The HTTP client gets this stream and not the request itself: it
 * destroys its source on failure, and neither a destroyed request nor anything after it on the same connection is read
 * any more. Bytes that are not wanted are read and dropped.
 *
 * An upload may take any time, but if the client falls silent, the connection is closed.
 */
export function uploadOf(request: IncomingMessage, { silenceMilliseconds, onProgress }: UploadOptions): Readable {
  allowSlowBody(request);
  const body = new PassThrough();
  const timer = setTimeout(() => {
    // It is the reader who keeps it waiting.
    if (body.writableNeedDrain) timer.refresh();
    else request.socket.destroy();
  }, silenceMilliseconds).unref();
  request.on("data", () => {
    timer.refresh();
    onProgress();
  });
  request.pipe(body);
  body.once("close", () => {
    if (request.complete) return;
    clearTimeout(timer);
    requireBody(request);
    request.resume();
  });
  request.once("close", () => {
    clearTimeout(timer);
    // A client that breaks off has not sent the whole body. It must not look like the end.
    if (!request.complete) body.destroy(new Error("The client broke off its request."));
  });
  return body;
}
