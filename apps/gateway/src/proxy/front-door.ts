import { boundPipelining } from "@coatcheck/service/pipelined-requests";
import type { AuthSession } from "coatcheck";
import { type Awaitable, whenAnswered } from "coatcheck/adapter";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ServedOrigins } from "../http/served-origins.ts";
import { handledBy } from "../metrics/measure-requests.ts";
import type { ProblemAnswers } from "../pages/problem-answers.ts";
import type { GateDecision, RequestGate } from "./request-gate.ts";
import type { AdmittedRequest, Upstreams } from "./upstream/upstreams.ts";

export interface FrontDoorParts {
  readonly origins: ServedOrigins;
  readonly gate: RequestGate;
  readonly upstreams: Upstreams;
}

/** Sends a request to its service, or says why not; undefined where it is the gateway's own to answer. */
export type FrontDoor = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>;

/**
 * Sends what belongs to a route to its upstream, before anything else looks at it: its body is not parsed, and its
 * response is the upstream's, without the headers of our own pages. What is returned is for those requests whose path the
 * framework cannot decode, and then runs no hook.
 */
export function addFrontDoor(
  app: FastifyInstance,
  { origins, gate, upstreams }: FrontDoorParts,
  problemAnswers: ProblemAnswers,
): FrontDoor {
  boundPipelining(app);
  app.addHook("onRequest", (request, reply, done) => {
    const takeOver = (decision: GateDecision) => {
      const taken = take(request, reply, decision);
      if (taken === undefined) done();
      else taken.catch(done);
    };
    // A request that is decided at once leaves for the service in this turn.
    whenAnswered(
      () => decide(request),
      takeOver,
      (error) => done(error as Error),
    );
  });
  return async (request, reply) => take(request, reply, await decide(request));

  function decide({ raw, ip, id }: FastifyRequest): Awaitable<GateDecision> {
    const origin = origins.find(raw.headers.host);
    // Paths that are answered under any host name are the gateway's own.
    return origin === null ? { kind: "own" } : gate.decide(raw, origin, { clientAddress: ip, id });
  }

  /** Undefined for what is the gateway's own. */
  function take(
    request: FastifyRequest,
    reply: FastifyReply,
    decision: GateDecision,
  ): Promise<FastifyReply> | undefined {
    if (decision.kind === "own") return undefined;
    return decision.kind === "forward"
      ? forward(request, reply, decision.admitted)
      : answer(reply, decision, problemAnswers);
  }

  async function forward(
    request: FastifyRequest,
    reply: FastifyReply,
    admitted: AdmittedRequest,
  ): Promise<FastifyReply> {
    handledBy(request, "service");
    const failure = await upstreams.forward(request.raw, reply.raw, admitted);
    if (failure === null) return reply.hijack();
    await writeSession(reply, admitted.auth);
    const { code, retryAfterSeconds } = failure;
    if (retryAfterSeconds !== null) reply.header("retry-after", String(retryAfterSeconds));
    return problemAnswers.send(reply, code);
  }
}

async function answer(
  reply: FastifyReply,
  decision: Exclude<GateDecision, { readonly kind: "own" | "forward" }>,
  problemAnswers: ProblemAnswers,
): Promise<FastifyReply> {
  switch (decision.kind) {
    case "answer": {
      const { status, headers, body } = decision.answer;
      return reply
        .code(status)
        .headers(headers)
        .send(body ?? undefined);
    }
    case "redirect":
      reply.code(303).header("location", decision.location);
      await writeSession(reply, decision.auth);
      return reply.header("cache-control", "no-store").send();
    case "problem":
      for (const { name, value } of decision.headers) reply.header(name, value);
      if (decision.auth !== null) await writeSession(reply, decision.auth);
      return problemAnswers.send(reply, decision.code);
  }
}

/** Writes the session's headers into a response that is not the upstream's. */
async function writeSession(reply: FastifyReply, auth: AuthSession<unknown>): Promise<void> {
  const headers = { get: (name: string) => textOf(reply.getHeader(name)) };
  for (const { name, value } of await auth.finish({ status: reply.statusCode, headers })) reply.header(name, value);
}

function textOf(value: string | number | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
