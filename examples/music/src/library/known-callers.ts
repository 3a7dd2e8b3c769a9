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
 * Lets through a request with a good identity token, and no other: no address, network or other header is trusted, so
 * that an attacker who gets past the gateway has gained nothing. Every path asks for it, also one without a route.
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

/** RFC 6750, 3: a request without a token is not told of an error. */
function refuse(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const challenge = request.headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
  return sendProblem(reply.header("www-authenticate", challenge), "unauthenticated");
}

/** While the gateway's keys cannot be read, no caller is let in, and none is told that its token is bad. */
function codeOf(error: unknown): ProblemCode {
  if (error instanceof CoatcheckError && error.statusCode === 503) return "unavailable";
  const { statusCode } = (error ?? {}) as { readonly statusCode?: unknown };
  return typeof statusCode === "number" && statusCode < 500 ? "invalid_request" : "internal_error";
}
