import { CoatcheckError } from "coatcheck";
import type { Identity, IdentityVerifier } from "coatcheck/identity";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type ProblemCode, sendProblem } from "./problem.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is calling; set on every request that reaches a handler. */
    identity: Identity;
  }
}

/**
 * Lets through what comes with a good identity token, and nothing else: no address, network or other header is trusted,
 * so that whoever gets past the gateway has gained nothing. Every path asks for it, those of no route too.
 */
export function requireKnownCaller(app: FastifyInstance, verifier: IdentityVerifier): void {
  app.decorateRequest("identity");
  app.addHook("onRequest", async (request, reply) => {
    const verdict = await verifier.verifyAuthorization(request.headers.authorization);
    if (!verdict.accepted) return refuse(request, reply);
    request.identity = verdict.identity;
    return undefined;
  });
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, "not_found"));
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, codeOf(error)));
}

/** RFC 6750, 3: whoever brought nothing is not told of an error. */
function refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const challenge = request.headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
  return sendProblem(reply.header("www-authenticate", challenge), "unauthenticated");
}

/** While the gateway's keys cannot be read nothing is known of the caller: nobody is let in, and nobody is told no. */
function codeOf(error: unknown): ProblemCode {
  if (error instanceof CoatcheckError && error.statusCode === 503) return "unavailable";
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown };
  return typeof statusCode === "number" && statusCode < 500 ? "invalid_request" : "internal_error";
}
