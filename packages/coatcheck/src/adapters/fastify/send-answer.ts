import type { FastifyReply, FastifyRequest } from "fastify";
import { CoatcheckError, type RefusalCode } from "../../errors.ts";
import { type Answer, answerTo } from "../../http/answer.ts";
import type { Refusal } from "../../http/refusal.ts";

/**
 * Answers a refusal in the application's own way, by `reply` or by the body that it returns. What it leaves unanswered is
 * answered by default.
 */
export type FastifyRefusalHandler<Code extends RefusalCode = RefusalCode> = (
  refusal: Refusal<Code>,
  request: FastifyRequest,
  reply: FastifyReply,
) => unknown;

export function sendFastifyAnswer(answer: Answer, reply: FastifyReply): FastifyReply {
  if (typeof reply?.send !== "function") {
    throw new CoatcheckError("invalid_configuration", "answer needs the reply, too: write auth.answer(login, reply).");
  }
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.body ?? undefined);
}

interface Refused<Code extends RefusalCode> {
  readonly handler: FastifyRefusalHandler<Code> | undefined;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Answers a refusal, always: a hook that only returns something lets the request through. What it resolves to after the
 * answer is of no use.
 */
export async function answerRefusal<Code extends RefusalCode>(
  refusal: Refusal<Code>,
  { handler, request, reply }: Refused<Code>,
): Promise<unknown> {
  if (handler === undefined) return sendFastifyAnswer(answerTo(refusal), reply);
  const wasSent = watchSend(reply);
  const body = await handler(refusal, request, reply);
  if (wasSent() || reply.sent) return reply;
  if (body === undefined) return sendFastifyAnswer(answerTo(refusal), reply);
  // A body alone says nothing of the status, and 200 would be a yes.
  if (reply.statusCode === 200) reply.code(refusal.status);
  return reply.send(body);
}

/** Whether `send` was called: `reply.sent` is true only when the body is out, after hooks that wait and streams. */
function watchSend(reply: FastifyReply): () => boolean {
  const { send } = reply;
  let isCalled = false;
  reply.send = (payload) => {
    isCalled = true;
    return send.call(reply, payload);
  };
  return () => isCalled;
}
