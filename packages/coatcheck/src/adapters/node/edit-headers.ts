import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { HeaderEdit } from "../../http/response-headers.ts";
import type { Visit } from "../../http/visit.ts";

type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];

/**
 * Has the visit edit the headers of a response when they are about to leave, however that comes about. Where it has to
 * wait, because the secret is rotated, what is written meanwhile waits too, and `write` says so by its back-pressure.
 */
export function editHeaders(response: ServerResponse, visit: Visit): void {
  const { writeHead, write, end, flushHeaders } = response;
  const waiting: (() => void)[] = [];
  let state: "untouched" | "waiting" | "left" = "untouched";

  /** Whether the headers may leave now. */
  function mayLeave(): boolean {
    if (state !== "untouched") return state === "left";
    const edits = visit.finish({
      status: response.statusCode,
      headers: { get: (name) => headerText(response.getHeader(name)) },
    });
    if (!(edits instanceof Promise)) {
      release(edits);
      return true;
    }
    state = "waiting";
    // It never rejects. What follows may throw what the application did wrong, which then nobody is there to catch.
    void edits.then((late) => {
      if (!response.destroyed) release(late);
      for (const call of waiting) call();
    });
    return false;
  }

  function release(edits: readonly HeaderEdit[]): void {
    state = "left";
    Object.assign(response, { writeHead, write, end, flushHeaders });
    if (response.headersSent) return;
    for (const { name, value, mode } of edits) {
      if (mode === "append") response.appendHeader(name, value);
      else response.setHeader(name, value);
    }
  }

  /** Now, or after what waits already. */
  function whenLeft(call: () => void): boolean {
    if (mayLeave()) {
      call();
      return true;
    }
    waiting.push(call);
    return false;
  }

  response.writeHead = ((status: number, reason?: string | Headers, headers?: Headers) => {
    response.statusCode = status;
    if (typeof reason === "string") response.statusMessage = reason;
    setHeaders(response, typeof reason === "string" ? headers : reason);
    whenLeft(() => writeHead.call(response, status));
    return response;
  }) as typeof writeHead;

  response.write = ((...parameters: Parameters<typeof write>) => {
    let hasRoom = false;
    const isWritten = whenLeft(() => {
      hasRoom = write.apply(response, parameters);
      // It was told to wait, and nothing else would tell it that it need not.
      if (state === "left" && hasRoom && waiting.length > 0) response.emit("drain");
    });
    return isWritten && hasRoom;
  }) as typeof write;

  response.end = ((...parameters: Parameters<typeof end>) => {
    whenLeft(() => void end.apply(response, parameters));
    return response;
  }) as typeof end;

  response.flushHeaders = () => void whenLeft(() => flushHeaders.call(response));
}

function setHeaders(response: ServerResponse, headers: Headers | undefined): void {
  if (headers === undefined) return;
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    return;
  }
  // As Node reads it: names and values in turn, or pairs of them. A name again is a further field.
  const flat = headers.flat() as readonly string[];
  for (let index = 0; index < flat.length; index += 2) response.removeHeader(flat[index] ?? "");
  for (let index = 0; index + 1 < flat.length; index += 2) {
    response.appendHeader(flat[index] ?? "", flat[index + 1] ?? "");
  }
}

function headerText(value: OutgoingHttpHeader | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
