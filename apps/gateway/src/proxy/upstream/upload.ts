import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable } from "node:stream";
import { allowSlowBody, requireBody } from "../../http/body-timeout.ts";

export interface UploadOptions {
  readonly silenceMilliseconds: number;
  /** Told of each piece. */
  readonly onProgress: () => void;
}

/**
 * The body of a request, as it comes, for whoever sends it on. The request itself stays whole: the HTTP client destroys
 * what it was given when it fails, and a request that is destroyed is not read any more, so that nothing which follows on
 * its connection would be. What nobody wants of it is read and dropped.
 *
 * However long it takes, whoever sends it is not to fall silent: then the connection ends.
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
    // Whoever breaks off has not sent all of it. It must not look like an end.
    if (!request.complete) body.destroy(new Error("The client broke off its request."));
  });
  return body;
}
