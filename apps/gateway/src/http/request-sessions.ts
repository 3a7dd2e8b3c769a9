import type { Refusal } from "coatcheck";
import {
  type Admission,
  answerTo,
  type GuardedRequest,
  type GuardRefusalCode,
  type HeaderEdit,
  type RequestGuard,
  type RequestSession,
} from "coatcheck/adapter";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** This request's way to its session. */
    visit: RequestSession;
  }
}

interface RequestSessionsOptions {
  /** The guard of the origin that the request is for. */
  readonly guardOf: (request: FastifyRequest) => RequestGuard;
  readonly refuse: (refusal: Refusal<GuardRefusalCode>, reply: FastifyReply) => unknown;
}

/** Puts every request through the guard of its origin, and what becomes of its session into the response. */
export function addRequestSessions(app: FastifyInstance, { guardOf, refuse }: RequestSessionsOptions): void {
  async function turnAway(refused: Exclude<Admission, RequestSession>, reply: FastifyReply): Promise<void> {
    for (const { name, value } of refused.headers) reply.header(name, value);
    if (refused.code !== "preflight") await refuse(refused, reply);
    if (reply.sent) return;
    const { status, headers, body } = answerTo(refused);
    reply
      .code(status)
      .headers(headers)
      .send(body ?? undefined);
  }

  app.decorateRequest("visit");
  // Hooks by callback: nearly every request passes without waiting, and a promise for each is what costs most here.
  app.addHook("onRequest", (request, reply, next) => {
    const admission = guardOf(request).admit(guardedRequest(request));
    if (!admission.ok) return void turnAway(admission, reply).catch(next);
    request.visit = admission;
    next();
  });
  app.addHook("onSend", (request, reply, payload, next) => {
    const headers = { get: (name: string) => headerText(reply.getHeader(name)) };
    const edits = request.visit?.finish({ status: reply.statusCode, headers }) ?? [];
    if (edits instanceof Promise) {
      edits.then((late) => {
        writeEdits(reply, late);
        next(null, payload);
      }, next);
    } else {
      writeEdits(reply, edits);
      next(null, payload);
    }
  });
}

function guardedRequest(request: FastifyRequest): GuardedRequest {
  return {
    method: request.method,
    url: request.originalUrl,
    headers: { get: (name) => headerText(request.headers[name.toLowerCase()]) },
    clientAddress: request.ip,
    id: request.id,
  };
}

function headerText(value: string | number | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function writeEdits(reply: FastifyReply, edits: readonly HeaderEdit[]): void {
  // Fastify itself appends to set-cookie, and replaces every other header.
  for (const { name, value } of edits) reply.header(name, value);
}
