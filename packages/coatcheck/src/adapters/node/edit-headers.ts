import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { isPending } from "../../core/awaitable.ts";
import type { AuthSession } from "../../http/auth-session.ts";
import type { HeaderEdit, OutgoingResponse } from "../../http/response-headers.ts";
import type { WaitingAnswer } from "../../http/rotation-answer.ts";
import { freezeHead, headHasLeft } from "./frozen-head.ts";

type Headers = OutgoingHttpHeaders | readonly OutgoingHttpHeader[];

/**
 * Has the session edit the headers of a response when they are about to leave, however that comes about. Where it has to
 * wait, because the secret is rotated, what is written meanwhile waits too, and `write` says so by its back-pressure.
 * To the application the headers have left by then: what would fail in Node fails here, where it can be caught.
 */
export function editHeaders(response: EditedResponse, session: EditingSession): void {
  const editor = new HeaderEditor(response, session);
  // Either stays for the life of the response. Middleware that came later, such as compression, has put its own around it,
  // and to put Node's back would take it out of a response that it has begun.
  if (response[EDITOR] === undefined) {
    response[EDITOR] = editor;
    response.writeHead = writeHeadByEditor;
  } else {
    response.writeHead = ((status: number, reason?: string | Headers, headers?: Headers) =>
      editor.writeHead(status, reason, headers)) as typeof response.writeHead;
  }
  session.onRotationDue(editor);
}

const EDITOR = Symbol("coatcheck.editor");

interface EditedResponse extends ServerResponse {
  [EDITOR]?: HeaderEditor;
  /** Of HTTP/2 alone. */
  readonly stream?: ServerHttp2Stream;
}

/** One function for all responses: V8 keeps closures that are made for each, and their responses, past a collection. */
const writeHeadByEditor = function (
  this: EditedResponse,
  status: number,
  reason?: string | Headers,
  headers?: Headers,
) {
  const editor = this[EDITOR];
  if (editor !== undefined) return editor.writeHead(status, reason, headers);
  // Taken out of the response that it was put into, and called on another.
  const { writeHead } = Object.getPrototypeOf(this) as ServerResponse;
  return Reflect.apply(writeHead, this, [status, reason, headers]) as ServerResponse;
} as ServerResponse["writeHead"];

type EditingSession = Pick<AuthSession<unknown>, "finish" | "onRotationDue">;

const NONE_WAITING: (() => void)[] = [];

/** Node calls one of these before it sends anything of a response whose headers have not left. */
interface ImplicitHeader {
  _implicitHeader?(): void;
}

/**
 * HeaderEditor stands before `writeHead`, through which Node sends the headers in every case. Only a response that may have
 * to wait has its other methods replaced, too: to do that to each costs more than all else that is done for a request.
 */
class HeaderEditor implements OutgoingResponse {
  readonly #response: EditedResponse;
  readonly #session: EditingSession;
  readonly #writeHead: ServerResponse["writeHead"];
  #state: "untouched" | "waiting" | "left" = "untouched";
  /** None until the first that waits: nearly no response does. */
  #waiting: (() => void)[] = NONE_WAITING;
  #thaw: (() => void) | null = null;
  #finishAtOnce: () => readonly HeaderEdit[] = () => [];
  /** Takes the writes once the response itself takes no more. */
  #late: ServerHttp2Stream | null = null;

  constructor(response: EditedResponse, session: EditingSession) {
    this.#response = response;
    this.#session = session;
    this.#writeHead = response.writeHead;
  }

  get status(): number {
    return this.#response.statusCode;
  }

  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    const value = this.#response.getHeader(name);
    if (value === undefined) return null;
    return Array.isArray(value) ? value.join(", ") : String(value);
  }

  writeHead(status: number, reason?: string | Headers, headers?: Headers): ServerResponse {
    const response = this.#response;
    const given = typeof reason === "string" ? headers : (headers ?? reason);
    if (this.#state === "waiting") {
      // Middleware that looks for headers in Node's private field does not see that they are decided, and says so again.
      if (status !== response.statusCode || given !== undefined) throw headHasLeft();
      if (response.stream !== undefined) this.#leaveLate(response.stream);
      return response;
    }
    if (this.#state === "left") return Reflect.apply(this.#writeHead, response, [status, reason, headers]);
    response.statusCode = status;
    if (typeof reason === "string") response.statusMessage = reason;
    if (given !== undefined) setHeaders(response, given);
    if (this.#mayLeave()) this.#writeHead.call(response, status);
    else this.#wait(() => this.#writeHead.call(response, status));
    return response;
  }

  /** Each method that would send the headers asks this first: after `writeHead` Node goes on writing and cannot be held up. */
  holdBack(session: Parameters<WaitingAnswer["holdBack"]>[0]): void {
    const response = this.#response;
    if (this.#state !== "untouched" || response.headersSent) return;
    this.#finishAtOnce = () => session.finishAtOnce(this);
    const { write, end, flushHeaders } = response;
    response.write = ((...parameters: Parameters<typeof write>) => {
      if (this.#mayLeave()) return write.apply(response, parameters);
      this.#wait(() => {
        // It was told to wait, and nothing else would tell it that it need not.
        const isTaken = this.#late === null ? write.apply(response, parameters) : this.#late.write(...parameters);
        if (isTaken) response.emit("drain");
      });
      return false;
    }) as typeof write;
    response.end = ((...parameters: Parameters<typeof end>) => {
      this.#whenLeft(() => void end.apply(response, parameters));
      return response;
    }) as typeof end;
    response.flushHeaders = () => this.#whenLeft(() => flushHeaders.call(response));
    const internal = response as ImplicitHeader;
    const implicitHeader = internal._implicitHeader;
    // Code that saved Node's `end` before we wrapped it cannot wait: it writes as soon as this returns.
    if (implicitHeader !== undefined) {
      internal._implicitHeader = () => {
        this.#leaveAtOnce();
        implicitHeader.call(response);
      };
    }
  }

  #leaveAtOnce(): void {
    if (this.#state === "left") return;
    this.#thaw?.();
    this.#thaw = null;
    this.#release(this.#finishAtOnce());
  }

  /**
   * Over HTTP/2, an `end` that was saved passes what it sends to our `write`, which waits, and asks for the head only then.
   * To its response that has ended already, and its head would be one without a body: what waits goes past the response.
   */
  #leaveLate(stream: ServerHttp2Stream): void {
    this.#leaveAtOnce();
    stream.respond({ ...this.#response.getHeaders(), ":status": this.#response.statusCode });
    this.#late = stream;
    const waiting = this.#waiting;
    this.#waiting = NONE_WAITING;
    for (const call of waiting) call();
  }

  /** Now, or after what waits already. */
  #whenLeft(call: () => void): void {
    if (this.#mayLeave()) call();
    else this.#wait(call);
  }

  #wait(call: () => void): void {
    if (this.#waiting === NONE_WAITING) this.#waiting = [];
    this.#waiting.push(call);
  }

  /** Whether the headers may leave now. */
  #mayLeave(): boolean {
    if (this.#state !== "untouched") return this.#state === "left";
    const edits = this.#session.finish(this);
    if (!isPending(edits)) {
      this.#release(edits);
      return true;
    }
    this.#state = "waiting";
    this.#thaw = freezeHead(this.#response);
    // It never rejects. What waited may throw what the application did wrong, with nothing there to catch it.
    void edits.then((late) => {
      this.#thaw?.();
      this.#release(late);
      try {
        for (const call of this.#waiting) call();
      } catch (error) {
        this.#response.destroy(error instanceof Error ? error : undefined);
      }
    });
    return false;
  }

  #release(edits: readonly HeaderEdit[]): void {
    this.#state = "left";
    if (this.#response.headersSent) return;
    for (const { name, value, mode } of edits) {
      if (mode === "append") this.#response.appendHeader(name, value);
      else this.#response.setHeader(name, value);
    }
  }
}

function setHeaders(response: ServerResponse, headers: Headers): void {
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
