import type { FastifyInstance } from "fastify";
import type { AccountStore } from "../accounts/account-store.ts";
import type { PasswordAuthenticator } from "../accounts/credentials/password-authenticator.ts";
import { refusedPassword } from "../audit/refused-password.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import { sendProblem, sendTooManyAttempts } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { sessionView } from "./session-view.ts";
import { findSignedInUser } from "./signed-in-user.ts";

export interface ReauthenticateRouteOptions {
  readonly accounts: AccountStore;
  readonly authenticator: PasswordAuthenticator;
  readonly origins: ServedOrigins;
  readonly security: SecurityEvents;
}

export const reauthenticateBody = {
  type: "object",
  required: ["password"],
  additionalProperties: false,
  properties: { password: { type: "string", maxLength: 4_096 } },
};

/** The session may change under the check, by a touch at least; then both are done again, but not for ever. */
const MAXIMUM_CHECKS = 3;

/** The password once more, for a session that is fresh again under a new cookie. */
export function addReauthenticateRoute(app: FastifyInstance, options: ReauthenticateRouteOptions): void {
  const { accounts, authenticator, origins, security } = options;

  app.post<{ Body: { password: string } }>(
    "/auth/reauthenticate",
    { schema: { body: reauthenticateBody } },
    async (request, reply) => {
      for (let check = 0; check < MAXIMUM_CHECKS; check++) {
        const user = await findSignedInUser(request, accounts);
        if (user === null) return sendProblem(reply, "unauthenticated");
        const { account, authentication } = user;
        const { password } = request.body;
        const given = { password, address: request.ip };
        const checked = await authenticator.checkOwner(account, authentication.session.id, given);
        const about = { userId: account.id, sessionId: authentication.session.id };
        if (checked.outcome === "throttled") {
          security.report(refusedPassword("reauthentication", checked.limit, about), request.visit.request);
          return sendTooManyAttempts(reply, checked.retryAfterSeconds);
        }
        if (checked.outcome === "invalid") {
          security.report({ event: "authn_reauthenticate_fail", ...about }, request.visit.request);
          // 403, not 401: the session is good, so the user must not be sent to the sign-in page.
          return sendProblem(reply, "invalid_credentials", { status: 403 });
        }
        const renewed = await request.visit.reauthenticate(authentication);
        if (renewed.outcome === "session_busy") return sendProblem(reply.header("retry-after", "1"), "session_busy");
        if (renewed.outcome === "reauthenticated") {
          const { session } = renewed.authentication;
          return { session: sessionView(session, session.id, origins) };
        }
        request.visit.refresh();
      }
      return sendProblem(reply.header("retry-after", "1"), "session_busy");
    },
  );
}
