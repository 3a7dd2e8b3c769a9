import type { FastifyInstance } from "fastify";
import type { OwnerCheck, PasswordAuthenticator } from "../accounts/credentials/password-authenticator.ts";
import { refusedPassword } from "../audit/refused-password.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { sendProblem, sendTooManyAttempts } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { sessionView } from "./session-view.ts";

export interface ReauthenticateRouteOptions {
  readonly auth: GatewayAuth;
  readonly authenticator: PasswordAuthenticator;
  readonly origins: ServedOrigins;
  readonly security: SecurityEvents;
}

interface ReauthenticateBody {
  readonly password: string;
}

export const reauthenticateBody = {
  type: "object",
  required: ["password"],
  additionalProperties: false,
  properties: { password: { type: "string", maxLength: 4_096 } },
};

/** Takes the password again, and makes the session fresh again under a new cookie. */
export function addReauthenticateRoute(app: FastifyInstance, options: ReauthenticateRouteOptions): void {
  const { auth, authenticator, origins, security } = options;

  app.post<{ Body: ReauthenticateBody }>(
    "/auth/reauthenticate",
    { schema: { body: reauthenticateBody } },
    auth.required<{ Body: ReauthenticateBody }>(async (request, reply, own) => {
      const { account } = own.user;
      const about = { userId: account.id, sessionId: own.session.id };
      const given = { password: request.body.password, address: request.ip };
      // The check's result is more than yes or no.
      const last: { check: OwnerCheck | null } = { check: null };
      const proof = await own.confirm(async () => {
        last.check = await authenticator.checkOwner(account, about.sessionId, given);
        return last.check.outcome === "verified";
      });
      if (proof.ok) return { session: sessionView(proof.session, proof.session.id, origins) };
      const { check } = last;
      if (check?.outcome === "throttled") {
        security.report(refusedPassword("reauthentication", check.limit, about), own.request);
        return sendTooManyAttempts(reply, check.retryAfterSeconds);
      }
      if (check?.outcome === "invalid") {
        security.report({ event: "authn_reauthenticate_fail", ...about }, own.request);
        // 403, not 401: the session is valid, so the user must not be sent to the sign-in page.
        return sendProblem(reply, "invalid_credentials", { status: proof.status });
      }
      if (proof.code === "session_busy" || proof.code === "session_changed") {
        return sendProblem(reply.header("retry-after", "1"), "session_busy");
      }
      return sendProblem(reply, "unauthenticated");
    }),
  );
}
