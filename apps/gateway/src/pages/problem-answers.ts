import type { FastifyReply } from "fastify";
import { type ProblemCode, problems, sendProblem } from "../problem.ts";
import { opensPage, pageOfForm, sendsForm } from "../proxy/page-request.ts";
import type { PageFile } from "./page-files.ts";
import { problemPage } from "./problem-page.ts";
import { formProblemText, problemText } from "./problem-texts.ts";

/**
 * ProblemAnswers tells of a problem in the words of whoever asked: a page where a person opens one or sends a form, else the
 * object.
 */
export class ProblemAnswers {
  readonly #template: string;
  readonly #contentType: string;

  constructor({ body, contentType }: PageFile) {
    this.#template = body.toString();
    this.#contentType = contentType;
  }

  send(reply: FastifyReply, code: ProblemCode): FastifyReply {
    const { raw } = reply.request;
    const { method = "", url = "", headers } = raw;
    const isForm = sendsForm(method, headers);
    if (!isForm && !opensPage(method, headers)) return sendProblem(reply, code);
    const text = isForm ? formProblemText(code) : problemText(code);
    const target = isForm ? (pageOfForm(raw) ?? "/") : url;
    return reply
      .code(problems[code].status)
      .header("cache-control", "no-store")
      .type(this.#contentType)
      .send(problemPage(this.#template, { code, text, target }));
  }
}
