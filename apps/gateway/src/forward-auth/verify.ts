import type { IncomingMessage, ServerResponse } from "node:http";
import { answerEarly } from "@coatcheck/service/early-answer";
import { PipelinedRequests } from "@coatcheck/service/pipelined-requests";
import { whenAnswered } from "coatcheck/adapter";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from "fastify";
import type { OnAnswer } from "../http/log.ts";
import { handledBy } from "../metrics/measure-requests.ts";
import type { VerifyDialect } from "./original-request.ts";
import { questionIn } from "./verify-question.ts";
import { type Refused, type VerdictParts, verdictOn } from "./verify-verdict.ts";

export interface VerifyParts extends VerdictParts {
  /** Whether connections are to end with their answer. */
  readonly isClosing: () => boolean;
  readonly onAnswer: OnAnswer;
  readonly log: FastifyBaseLogger;
}

/** Each request of a site would have another line. */
const TELL_AGAIN_AFTER_MILLISECONDS = 60_000;
const MAXIMUM_TOLD = 100;

/**
 * Answers proxies that ask whether a request may pass (forward-auth): 200 with who it is, 401, 403 or, for a person who
 * opens a page, 302 to sign in; never with a body. nginx turns any other status into a 500, a redirection too, so it
 * gets the location with a 401, and can send people there by itself.
 *
 * Decided before anything else looks at the request: its Host and its method may be the original's. A yes is answered
 * there and then, for it is asked with every request of a site. A no goes the way of all other answers.
 */
export function addVerify(app: FastifyInstance, parts: VerifyParts): void {
  const refusals = new WeakMap<IncomingMessage, (reply: FastifyReply) => void>();
  const pipelined = new PipelinedRequests();
  const answers = new AnswersOfATurn();
  const tell = tellOfConfigurations(parts.log);
  answerEarly(app.server, (request, response, next) => {
    const question = questionIn(request);
    if (question === null) return next();
    const startedAt = performance.now();
    const leaveToFramework = (answer: (reply: FastifyReply) => void) => {
      if (!pipelined.begin(request, response)) return void request.socket.destroy();
      refusals.set(request, answer);
      next();
    };
    whenAnswered(
      () => verdictOn(request, question, parts),
      (verdict) => {
        if (verdict.status === 403 && verdict.misconfigured !== undefined)
          tell(question.dialect, verdict.misconfigured);
        if (verdict.status !== 200) return leaveToFramework((reply) => refuse(reply, verdict));
        answers.add(response, () => {
          grant(response, verdict.headers, parts.isClosing());
          parts.onAnswer(request, 200, performance.now() - startedAt);
        });
      },
      (error) => leaveToFramework((reply) => reply.send(error)),
    );
  });
  app.addHook("onRequest", (request, reply, done) => {
    const refusal = refusals.get(request.raw);
    if (refusal === undefined) return done();
    handledBy(request, "verify");
    refusal(reply);
  });
}

/**
 * Sends at the end of a turn of the event loop what came about in it: a proxy that has asked for several is woken once, and
 * not for each.
 */
class AnswersOfATurn {
  #waiting: [ServerResponse, () => void][] = [];

  add(response: ServerResponse, send: () => void): void {
    if (this.#waiting.push([response, send]) === 1) setImmediate(() => this.#sendAll());
  }

  #sendAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [response, send] of waiting) {
      try {
        send();
      } catch {
        // No request passes by an answer that cannot be written, and the other requests must not miss theirs.
        response.destroy();
      }
    }
  }
}

/** Writes down what is wrong with how a proxy asks, now and then. */
function tellOfConfigurations(log: FastifyBaseLogger): (dialect: VerifyDialect, reason: string) => void {
  const toldAt = new Map<string, number>();
  return (dialect, reason) => {
    const now = performance.now();
    if (now - (toldAt.get(dialect + reason) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_AFTER_MILLISECONDS) return;
    if (toldAt.size >= MAXIMUM_TOLD) toldAt.clear();
    toldAt.set(dialect + reason, now);
    const message = `A proxy asks at /auth/verify/${dialect} in a way that makes no sense, and all are refused: ${reason}.`;
    log.warn({ event: "verify_misconfigured", dialect, reason }, message);
  };
}

/** Without the headers that protect pages: a proxy reads those that it was told to. */
function grant(response: ServerResponse, headers: readonly string[], isClosing: boolean): void {
  const common = ["cache-control", "no-store", "content-length", "0"];
  const last = isClosing ? ["connection", "close"] : [];
  response.writeHead(200, [...common, ...last, ...headers]).end();
}

function refuse(reply: FastifyReply, verdict: Refused): void {
  reply.code(verdict.status).header("cache-control", "no-store");
  if ("location" in verdict && verdict.location !== null) reply.header("location", verdict.location);
  reply.send();
}
