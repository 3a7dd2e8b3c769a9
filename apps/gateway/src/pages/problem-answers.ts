import type { FastifyReply } from "fastify";
import { type ProblemCode, problems, sendProblem } from "../problem.ts";
import { opensPage } from "../proxy/page-request.ts";
import type { PageFile } from "./page-files.ts";
import { problemPage } from "./problem-page.ts";

/** ProblemAnswers tells of a problem in the words of whoever asked: a page where a person opens one, else the object. */
export class ProblemAnswers {
  readonly #template: string;
  readonly #contentType: string;

  constructor({ body, contentType }: PageFile) {
    this.#template = body.toString();
    this.#contentType = contentType;
  }

  send(reply: FastifyReply, code: ProblemCode): FastifyReply {
    const { method = "", url = "", headers } = reply.request.raw;
    if (!opensPage(method, headers)) return sendProblem(reply, code);
    return reply
      .code(problems[code].status)
      .header("cache-control", "no-store")
      .type(this.#contentType)
      .send(problemPage(this.#template, code, url));
  }
}
