import type { FastifyInstance } from "fastify";
import type { AccountStore } from "../accounts/account-store.ts";
import type { CredentialChanges } from "../accounts/credentials/credential-changes.ts";
import type { PasswordAuthenticator } from "../accounts/credentials/password-authenticator.ts";
import type { NewPasswordCheck } from "../accounts/passwords/new-password-check.ts";
import { refusedPassword } from "../audit/refused-password.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import { sendProblem, sendTooManyAttempts } from "../http/problem.ts";
import { forSignedInUser } from "./signed-in-user.ts";

export interface PasswordRouteOptions {
  readonly accounts: AccountStore;
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

/** A new password. Every session of the user ends; the caller gets a new one in the same answer. */
export function addPasswordRoute(app: FastifyInstance, options: PasswordRouteOptions): void {
  const { accounts, authenticator, changes, passwords, security } = options;

  app.put<{ Body: PasswordBody }>(
    "/auth/password",
    { schema: { body: passwordBody } },
    forSignedInUser(accounts, async ({ account, authentication }, request, reply) => {
      const { currentPassword, newPassword } = request.body as PasswordBody;
      const given = { password: currentPassword, address: request.ip };
      const checked = await authenticator.checkOwner(account, authentication.session.id, given);
      const about = { userId: account.id, sessionId: authentication.session.id };
      if (checked.outcome === "throttled") {
        security.report(refusedPassword("password_change", checked.limit, about), request.visit.request);
        return sendTooManyAttempts(reply, checked.retryAfterSeconds);
      }
      if (checked.outcome === "invalid") {
        security.report({ event: "authn_password_change_fail", ...about }, request.visit.request);
        return sendProblem(reply, "invalid_credentials", { status: 403 });
      }
      const reasons = await passwords.check(newPassword, account, currentPassword);
      if (reasons.length > 0) return sendProblem(reply, "password_refused", { reasons });

      const { remembered, data } = authentication.session;
      const change = await changes.changeOwnPassword(checked.proof, newPassword);
      if (change.outcome === "overtaken") return sendProblem(reply, "unauthenticated");
      security.report({ event: "authn_password_change", ...about, actorId: account.id }, request.visit.request);
      const login = await request.visit.login(change.attempt, { remember: remembered, data });
      return login.outcome === "logged_in" ? reply.code(204).send() : sendProblem(reply, "unauthenticated");
    }),
  );
}
