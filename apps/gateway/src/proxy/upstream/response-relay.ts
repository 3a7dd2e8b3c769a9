import type { ServerResponse } from "node:http";
import { type Dispatcher, errors } from "undici";

/** The beginning of an upstream's answer. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[];
}

/** Why no answer of the upstream's is handed on. */
export type UpstreamFailure = "upstream_unreachable" | "upstream_timeout" | "too_many_connections" | "session_ended";

export interface ResponseRelayParts {
  readonly response: ServerResponse;
  /**
   * How long an answer that has begun may stand still: the client takes nothing, or the upstream sends nothing while
   * the request is complete. While no request body is being sent, the HTTP client's own timer watches what comes.
   */
  readonly silenceMilliseconds: number;
  readonly hasUpload: boolean;
  /** The request is about to be written. */
  readonly onSending?: () => void;
  /** Asked when the connection failed before an answer began, but for timeouts: true where the request was sent once more. */
  readonly sendsAgain?: () => boolean;
  /** Asked once, before anything is sent: false for an answer that is one connection too many. */
  readonly admits: (answer: UpstreamAnswer) => boolean;
  /** The headers to answer with, names and values in turn. They may take a moment. */
  readonly headersFor: (answer: UpstreamAnswer) => readonly string[] | Promise<readonly string[]>;
  /** The response has begun, or could not: then with the reason, and what happened. Called once. */
  readonly onBegun: (failure: UpstreamFailure | null, error?: unknown) => void;
}

/**
 * The characters of a reason phrase (RFC 9112, 4). Node's server throws for anything else, again for each answer that is tried
 * in its place, and the process ends: an upstream must not be able to do that.
 */
const REASON = /^[ -~\x80-\xff]*$/;
/** Answers with these statuses have no body, whatever length the upstream gives (RFC 9110, 15.4.5). */
const STATUSES_WITHOUT_BODY: readonly number[] = [204, 304];

/** Nothing is to be done any more: who asked has left, or has been answered without the upstream. */
class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** The upstream's answer is not read. */
class NotAdmitted extends Error {
  override readonly name = "NotAdmitted";
}

/**
 * ResponseRelay hands an upstream's answer on as it comes: no faster than its reader takes it, and cut off where the
 * upstream broke off, for an end would look like all there is.
 */
export class ResponseRelay implements Dispatcher.DispatchHandler {
  readonly #parts: ResponseRelayParts;
  #isSettled = false;
  /** Null while nothing can stand still, or another timer watches. */
  #silence: NodeJS.Timeout | null = null;
  /** Null until the request is on its way. */
  #controller: Dispatcher.DispatchController | null = null;

  constructor(parts: ResponseRelayParts) {
    this.#parts = parts;
  }

  /** Ends the request with its session, wherever it is: what has begun is broken off, and what has not does not begin. */
  endWithSession(): void {
    if (this.#isSettled) this.#parts.response.destroy();
    this.#settle("session_ended");
    this.#controller?.abort(new Abandoned());
  }

  /** Something went on, on either side. */
  progressed(): void {
    this.#silence?.refresh();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { response, onSending } = this.#parts;
    this.#controller = controller;
    onSending?.();
    const abandon = () => {
      if (!controller.aborted) controller.abort(new Abandoned());
    };
    if (response.destroyed || this.#isSettled) abandon();
    else {
      response.once("close", () => {
        this.#endWatch();
        if (!response.writableFinished) abandon();
      });
    }
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _headers: unknown, statusText = ""): void {
    // "Continue" and hints that come before the answer.
    if (status < 200) return;
    const rawHeaders = ((controller.rawHeaders ?? []) as readonly (Buffer | string)[]).map(latin1);
    const answer = { status, statusText, rawHeaders };
    if (!this.#parts.admits(answer)) {
      controller.abort(new NotAdmitted());
      return;
    }
    const headers = this.#parts.headersFor(answer);
    if (!(headers instanceof Promise)) {
      this.#begin(status, statusText, headers);
      return;
    }
    controller.pause();
    headers
      .then((late) => {
        this.#begin(status, statusText, late);
        controller.resume();
      })
      .catch((error) => controller.abort(error));
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    const { response, hasUpload } = this.#parts;
    this.progressed();
    if (response.write(piece)) return;
    controller.pause();
    this.#watchSilence();
    response.once("drain", () => {
      if (hasUpload) this.progressed();
      else this.#endWatch();
      controller.resume();
    });
  }

  onResponseEnd(): void {
    this.#parts.response.end();
  }

  onResponseError(_controller: unknown, error: Error): void {
    const { response } = this.#parts;
    if (error instanceof Abandoned) this.#settle(null);
    else if (error instanceof NotAdmitted) this.#settle("too_many_connections", error);
    else if (this.#isSettled && isLengthOfNothing(response, error)) response.end();
    else if (this.#isSettled) response.destroy();
    else if (!isTimeout(error) && this.#parts.sendsAgain?.() === true) return;
    else this.#settle(isTimeout(error) ? "upstream_timeout" : "upstream_unreachable", error);
  }

  #begin(status: number, statusText: string, headers: readonly string[]): void {
    const { response, hasUpload } = this.#parts;
    if (response.destroyed || this.#isSettled) return;
    // An informational answer is optional, so one that cannot be sent is left out.
    response.writeHead(status, REASON.test(statusText) ? statusText : "", lengthLast(headers));
    // How long it is going to be is not known, and may be for ever: its headers must not wait for its first piece. Each
    // character of theirs is a byte that came; `flushHeaders` would write them as UTF-8 (RFC 9110, 5.5).
    if (!headers.some((name, index) => index % 2 === 0 && name === "content-length")) response.write("", "latin1");
    if (hasUpload) this.#watchSilence();
    this.#settle(null);
  }

  #watchSilence(): void {
    const { response, silenceMilliseconds } = this.#parts;
    this.#silence ??= setTimeout(() => response.destroy(), silenceMilliseconds).unref();
  }

  #endWatch(): void {
    clearTimeout(this.#silence ?? undefined);
    this.#silence = null;
  }

  #settle(failure: UpstreamFailure | null, error?: unknown): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#parts.onBegun(failure, error);
  }
}

/** Once Node knows how long an answer is, it reads Content-Disposition as UTF-8, and refuses or changes it. */
function lengthLast(headers: readonly string[]): string[] {
  const [length, others]: [string[], string[]] = [[], []];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const [name = "", value = ""] = headers.slice(index, index + 2);
    (name === "content-length" ? length : others).push(name, value);
  }
  return [...others, ...length];
}

function latin1(bytes: Buffer | string): string {
  return typeof bytes === "string" ? bytes : bytes.toString("latin1");
}

/** The client counts no bytes where some were announced, and takes that for a fault. */
function isLengthOfNothing({ statusCode }: ServerResponse, error: unknown): boolean {
  return error instanceof errors.ResponseContentLengthMismatchError && STATUSES_WITHOUT_BODY.includes(statusCode);
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof errors.HeadersTimeoutError ||
    error instanceof errors.BodyTimeoutError ||
    error instanceof errors.ConnectTimeoutError
  );
}
