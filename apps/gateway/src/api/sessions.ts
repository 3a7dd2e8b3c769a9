import type { Clock } from "coatcheck";
import type { FastifyInstance } from "fastify";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { sendProblem, sendTooManyAttempts } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { RateLimit } from "./rate-limit.ts";
import { sessionView } from "./session-view.ts";

export interface SessionRoutesOptions {
  readonly auth: GatewayAuth;
  readonly clock: Clock;
  readonly origins: ServedOrigins;
  readonly security: SecurityEvents;
}

const REVOCATIONS_PER_MINUTE = 5;

export const revokeAllQuery = {
  type: "object",
  additionalProperties: false,
  properties: { include: { const: "current" } },
};

/** The list of devices on which the user is signed in, and the calls that sign them out. */
export function addSessionRoutes(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { auth, clock, origins, security } = options;
  const revocations = new RateLimit({ maximum: REVOCATIONS_PER_MINUTE, windowSeconds: 60, clock });

  app.get(
    "/auth/sessions",
    auth.required(async (_request, _reply, own) => {
      const devices = await own.devices();
      return { sessions: devices.map((session) => sessionView(session, own.session.id, origins)) };
    }),
  );

  app.delete<{ Params: { id: string } }>(
    "/auth/sessions/:id",
    auth.required<{ Params: { id: string } }>(async (request, reply, own) => {
      const { id } = request.params;
      if (id !== own.session.id) {
        // Ownership is checked before freshness: "enter your password" would reveal that the id exists.
        const isOwn = (await own.devices()).some((session) => session.id === id);
        if (!isOwn) return sendProblem(reply, "not_found");
        if (!(await own.isFresh())) return sendProblem(reply, "reauthentication_required");
      }
      return (await own.revoke(id)) ? reply.code(204).send() : sendProblem(reply, "not_found");
    }),
  );

  app.delete<{ Querystring: { include?: "current" } }>(
    "/auth/sessions",
    { schema: { querystring: revokeAllQuery } },
    auth.freshRequired<{ Querystring: { include?: "current" } }>(async (request, reply, own) => {
      const { account } = own.user;
      const retryAfterSeconds = revocations.use(own.session.id);
      if (retryAfterSeconds !== null) {
        const about = { userId: account.id, actorId: account.id, sessionId: own.session.id };
        security.report(
          { event: "excess_rate_limit_exceeded", ...about, detail: { asked: "sign_out_everywhere" } },
          own.request,
        );
        return sendTooManyAttempts(reply, retryAfterSeconds);
      }
      const isCurrentIncluded = request.query.include === "current";
      return { revoked: await (isCurrentIncluded ? own.revokeAll() : own.revokeOthers()) };
    }),
  );
}
