import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { ignoreBody } from "../http/json-bodies.ts";
import { sendProblem } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { sessionView, userView } from "./session-view.ts";

export interface MeRoutesOptions {
  readonly auth: GatewayAuth;
  readonly origins: ServedOrigins;
  readonly security: SecurityEvents;
}

/** The caller's account and session. */
export function addMeRoutes(app: FastifyInstance, { auth, origins, security }: MeRoutesOptions): void {
  app.get(
    "/auth/me",
    auth.required((_request, _reply, { user: { account }, session }) => ({
      user: userView(account),
      session: sessionView(session, session.id, origins),
    })),
  );

  app.get<{ Params: { userId: string } }>(
    "/auth/profile/:userId",
    auth.required<{ Params: { userId: string } }>((request, reply, { user: { account }, session, request: cause }) => {
      // The same answer for another user's id and for an id that no user has.
      if (request.params.userId === account.id) return userView(account);
      const about = { userId: account.id, actorId: account.id, sessionId: session.id };
      security.report({ event: "authz_fail", ...about, detail: { asked: "profile_of_another" } }, cause);
      return sendProblem(reply, "forbidden");
    }),
  );
}

/**
 * Ends the session, if there is one. Answers 204 either way; 503, with the cookie kept, if the store failed. A body is
 * allowed, because a form and `navigator.sendBeacon` send one. The guard has already refused pages of other sites.
 */
export function addLogoutRoute(app: FastifyInstance, { auth }: { readonly auth: GatewayAuth }): void {
  const onRequest = async (request: FastifyRequest) => ignoreBody(request);
  app.post("/auth/logout", { onRequest }, async (request, reply) => {
    await auth.of(request).logout();
    return reply.code(204).send();
  });
}
