import { isNavigation, opensPage } from "coatcheck/adapter";
import type { FastifyReply } from "fastify";
import { type ProblemCode, problems, sendProblem } from "../http/problem.ts";
import { guardedHeaders, pageOfForm } from "../http/request-headers.ts";
import type { PageFile } from "./page-files.ts";
import { problemPage } from "./problem-page.ts";
import { formProblemText, type ProblemText, problemText } from "./problem-texts.ts";

/** A problem in other words than the usual ones of its code. */
export interface ToldProblem {
  /** The text in the problem object. */
  readonly detail: string;
  /** The text on the page. */
  readonly text: ProblemText;
}

/**
 * ProblemAnswers answers with a problem: a page for a person who opens a page or sends a form, the JSON object for a
 * program.
 */
export class ProblemAnswers {
  readonly #template: string;
  readonly #contentType: string;

  constructor({ body, contentType }: PageFile) {
    this.#template = body.toString();
    this.#contentType = contentType;
  }

  /** Pass `told` if there is more to say about the problem than its code does. */
  send(reply: FastifyReply, code: ProblemCode, told: ToldProblem | null = null): FastifyReply {
    const { raw } = reply.request;
    const { method = "", url = "" } = raw;
    const asked = { method, headers: guardedHeaders(raw.headers) };
    const isForm = method === "POST" && isNavigation(asked);
    if (!isForm && !opensPage(asked)) {
      return sendProblem(reply, code, told === null ? {} : { detail: told.detail });
    }
    const text = told?.text ?? (isForm ? formProblemText(code) : problemText(code));
    const target = isForm ? (pageOfForm(raw) ?? "/") : url;
    return reply
      .code(problems[code].status)
      .header("cache-control", "no-store")
      .type(this.#contentType)
      .send(problemPage(this.#template, { code, text, target }));
  }
}
