import type { FastifyReply, FastifyRequest } from "fastify";
import type { RefusalCode } from "../../errors.ts";
import type { Answer } from "../../http/answer.ts";
import type { Refusal } from "../../http/refusal.ts";

/** Answers a refusal in the application's own way. What it leaves unanswered is answered by default. */
export type FastifyRefusalHandler<Code extends RefusalCode = RefusalCode> = (
  refusal: Refusal<Code>,
  request: FastifyRequest,
  reply: FastifyReply,
) => unknown;

export function sendFastifyAnswer(answer: Answer, reply: FastifyReply): FastifyReply {
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.body ?? undefined);
}
