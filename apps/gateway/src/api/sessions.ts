import type { Clock, SessionManager } from "coatcheck";
import type { FastifyInstance } from "fastify";
import type { AccountStore } from "../accounts/account-store.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import { sendProblem, sendTooManyAttempts } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { RateLimit } from "./rate-limit.ts";
import { sessionView } from "./session-view.ts";
import { forSignedInUser } from "./signed-in-user.ts";

export interface SessionRoutesOptions {
  readonly accounts: AccountStore;
  readonly sessions: SessionManager;
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

/** The devices that the user is signed in on, and how to sign them out. */
export function addSessionRoutes(app: FastifyInstance, options: SessionRoutesOptions): void {
  const { accounts, sessions, clock, origins, security } = options;
  const revocations = new RateLimit({ maximum: REVOCATIONS_PER_MINUTE, windowSeconds: 60, clock });

  app.get(
    "/auth/sessions",
    forSignedInUser(accounts, async ({ account, authentication }) => {
      const all = await sessions.list(account.id);
      return { sessions: all.map((session) => sessionView(session, authentication.session.id, origins)) };
    }),
  );

  app.delete<{ Params: { id: string } }>(
    "/auth/sessions/:id",
    forSignedInUser(accounts, async ({ account, authentication }, request, reply) => {
      const { id } = request.params as { id: string };
      if (id === authentication.session.id) {
        await request.visit.logout();
        return reply.code(204).send();
      }
      // Whether it is one's own comes before freshness: "enter your password" would tell that the id exists.
      const own = (await sessions.list(account.id)).some((session) => session.id === id);
      if (!own) return sendProblem(reply, "not_found");
      if (!authentication.fresh) return sendProblem(reply, "reauthentication_required");
      const revoked = await sessions.revoke(account.id, id, "revoked", { cause: request.visit.request });
      return revoked ? reply.code(204).send() : sendProblem(reply, "not_found");
    }),
  );

  app.delete<{ Querystring: { include?: "current" } }>(
    "/auth/sessions",
    { schema: { querystring: revokeAllQuery } },
    forSignedInUser(accounts, async ({ account, authentication }, request, reply) => {
      if (!authentication.fresh) return sendProblem(reply, "reauthentication_required");
      const retryAfterSeconds = revocations.use(authentication.session.id);
      if (retryAfterSeconds !== null) {
        const about = { userId: account.id, actorId: account.id, sessionId: authentication.session.id };
        security.report(
          { event: "excess_rate_limit_exceeded", ...about, detail: { asked: "sign_out_everywhere" } },
          request.visit.request,
        );
        return sendTooManyAttempts(reply, retryAfterSeconds);
      }

      const cause = { cause: request.visit.request };
      const { include } = request.query as { include?: "current" };
      if (include === undefined) return { revoked: await sessions.revokeOthers(authentication, "revoked", cause) };
      const revoked = await sessions.revokeAll(account.id, "revoked", cause);
      request.visit.forget();
      return { revoked };
    }),
  );
}
