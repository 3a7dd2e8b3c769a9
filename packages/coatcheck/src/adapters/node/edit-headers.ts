import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AuthSession } from "../../http/auth-session.ts";
import type { HeaderEdit } from "../../http/response-headers.ts";

type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];

/**
 * Has the session edit the headers of a response when they are about to leave, however that comes about. Where it has to
 * wait, because the secret is rotated, what is written meanwhile waits too, and `write` says so by its back-pressure.
 * To the application the headers have left by then: what would fail in Node fails here, where it can be caught.
 */
export function editHeaders(response: ServerResponse, session: Pick<AuthSession<unknown>, "finish">): void {
  const { writeHead, write, end, flushHeaders } = response;
  const waiting: (() => void)[] = [];
  let state: "untouched" | "waiting" | "left" = "untouched";

  /** Whether the headers may leave now. */
  function mayLeave(): boolean {
    if (state !== "untouched") return state === "left";
    const edits = session.finish({
      status: response.statusCode,
      headers: { get: (name) => headerText(response.getHeader(name)) },
    });
    if (!(edits instanceof Promise)) {
      release(edits);
      return true;
    }
    state = "waiting";
    const thaw = freezeHead(response);
    // It never rejects. What waited may throw what the application did wrong, with nothing there to catch it.
    void edits.then((late) => {
      thaw();
      release(late);
      try {
        for (const call of waiting) call();
      } catch (error) {
        response.destroy(error instanceof Error ? error : undefined);
      }
    });
    return false;
  }

  function release(edits: readonly HeaderEdit[]): void {
    state = "left";
    if (response.headersSent) return;
    for (const { name, value, mode } of edits) {
      if (mode === "append") response.appendHeader(name, value);
      else response.setHeader(name, value);
    }
  }

  /** Now, or after what waits already. */
  function whenLeft(call: () => void): void {
    if (mayLeave()) call();
    else waiting.push(call);
  }

  // These stay for the life of the response. Middleware that came later, such as compression, has put its own around
  // them, and to put Node's back would take it out of a response that it has begun.
  response.writeHead = ((...parameters: readonly [number, (string | Headers)?, Headers?]) => {
    const [status, reason, headers] = parameters;
    const given = typeof reason === "string" ? headers : (headers ?? reason);
    if (state === "waiting") {
      // Middleware that looks for headers in Node's private field does not see that they are decided, and says so again.
      if (status === response.statusCode && given === undefined) return response;
      throw headHasLeft();
    }
    if (state === "left") return Reflect.apply(writeHead, response, parameters);
    response.statusCode = status;
    if (typeof reason === "string") response.statusMessage = reason;
    setHeaders(response, given);
    whenLeft(() => writeHead.call(response, status));
    return response;
  }) as typeof writeHead;

  response.write = ((...parameters: Parameters<typeof write>) => {
    if (mayLeave()) return write.apply(response, parameters);
    waiting.push(() => {
      // It was told to wait, and nothing else would tell it that it need not.
      if (write.apply(response, parameters)) response.emit("drain");
    });
    return false;
  }) as typeof write;

  response.end = ((...parameters: Parameters<typeof end>) => {
    whenLeft(() => void end.apply(response, parameters));
    return response;
  }) as typeof end;

  response.flushHeaders = () => whenLeft(() => flushHeaders.call(response));
}

/** Status and headers as they are now, until the returned function is called: what is decided stays. */
function freezeHead(response: ServerResponse): () => void {
  const { statusCode, statusMessage, setHeader, appendHeader, removeHeader } = response;
  const refuse = () => {
    throw headHasLeft();
  };
  Object.assign(response, { setHeader: refuse, appendHeader: refuse, removeHeader: refuse });
  Object.defineProperty(response, "headersSent", { value: true, configurable: true });
  return () => {
    Reflect.deleteProperty(response, "headersSent");
    Object.assign(response, { statusCode, statusMessage, setHeader, appendHeader, removeHeader });
  };
}

/** With the code of Node's own error, which applications handle. */
function headHasLeft(): Error {
  return Object.assign(new Error("The response headers are decided, and about to leave."), {
    code: "ERR_HTTP_HEADERS_SENT",
  });
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
