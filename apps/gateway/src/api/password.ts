import type { FastifyInstance } from "fastify";
import type { CredentialChanges } from "../accounts/credentials/credential-changes.ts";
import type { PasswordAuthenticator } from "../accounts/credentials/password-authenticator.ts";
import type { NewPasswordCheck } from "../accounts/passwords/new-password-check.ts";
import { refusedPassword } from "../audit/refused-password.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { sendProblem, sendTooManyAttempts } from "../http/problem.ts";

export interface PasswordRouteOptions {
  readonly auth: GatewayAuth;
  readonly authenticator: PasswordAuthenticator;
  readonly changes: CredentialChanges;
  readonly passwords: NewPasswordCheck;
  readonly security: SecurityEvents;
}

interface PasswordBody {
  readonly currentPassword: string;
  readonly newPassword: string;
}

const password = { type: "string", maxLength: 4_096 };
export const passwordBody = {
  type: "object",
  required: ["currentPassword", "newPassword"],
  additionalProperties: false,
  properties: { currentPassword: password, newPassword: password },
};

/** Sets a new password. Every session of the user ends; the caller gets a new one in the same answer. */
export function addPasswordRoute(app: FastifyInstance, options: PasswordRouteOptions): void {
  const { auth, authenticator, changes, passwords, security } = options;

  app.put<{ Body: PasswordBody }>(
    "/auth/password",
    { schema: { body: passwordBody } },
    auth.required<{ Body: PasswordBody }>(async (request, reply, own) => {
      const { currentPassword, newPassword } = request.body;
      const { account } = own.user;
      const { id: sessionId, remembered: remember, data } = own.session;
      const given = { password: currentPassword, address: request.ip };
      const checked = await authenticator.checkOwner(account, sessionId, given);
      const about = { userId: account.id, sessionId };
      if (checked.outcome === "throttled") {
        security.report(refusedPassword("password_change", checked.limit, about), own.request);
        return sendTooManyAttempts(reply, checked.retryAfterSeconds);
      }
      if (checked.outcome === "invalid") {
        security.report({ event: "authn_password_change_fail", ...about }, own.request);
        return sendProblem(reply, "invalid_credentials", { status: 403 });
      }
      const reasons = await passwords.check(newPassword, account, currentPassword);
      if (reasons.length > 0) return sendProblem(reply, "password_refused", { reasons });

      const change = await changes.changeOwnPassword(checked.proof, newPassword);
      if (change.outcome === "overtaken") return sendProblem(reply, "unauthenticated");
      security.report({ event: "authn_password_change", ...about, actorId: account.id }, own.request);
      // Without repetition: if all of the user's sessions are ended meanwhile, that is meant for this one too.
      const check = () => changes.stillHolds(change.proof);
      const login = await own.login(account.id, check, { remember, data, force: true, repeat: false });
      return login.ok ? reply.code(204).send() : sendProblem(reply, "unauthenticated");
    }),
  );
}
