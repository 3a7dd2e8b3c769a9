import type { SessionManager } from "coatcheck";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { PasswordAuthenticator } from "../accounts/credentials/password-authenticator.ts";
import { KNOWN_DEVICE_LIFETIME_SECONDS, type KnownDevices } from "../accounts/throttling/known-devices.ts";
import { PacedRefusals } from "../accounts/throttling/paced-refusals.ts";
import { refusedPassword } from "../audit/refused-password.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import { GatewayError } from "../errors.ts";
import { sendProblem, sendTooManyAttempts, sendUnavailable } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { sessionView, siteData, userView } from "./session-view.ts";

export interface LoginRouteOptions {
  readonly sessions: SessionManager;
  readonly authenticator: PasswordAuthenticator;
  readonly devices: KnownDevices;
  readonly origins: ServedOrigins;
  readonly security: SecurityEvents;
}

interface LoginBody {
  readonly email: string;
  readonly password: string;
  readonly remember?: boolean;
}

export const loginBody = {
  type: "object",
  required: ["email", "password"],
  additionalProperties: false,
  properties: {
    email: { type: "string", maxLength: 320 },
    password: { type: "string", maxLength: 4_096 },
    remember: { type: "boolean" },
  },
};

/** A revoke-all during the password check costs one repetition of it; a second one, an answer to try again. */
const MAXIMUM_CHECKS = 2;

/** Email and password for a session. What was wrong is not told: not in status, body or time. */
export function addLoginRoute(app: FastifyInstance, options: LoginRouteOptions): void {
  const { authenticator, sessions, devices, origins, security } = options;
  const refusals = new PacedRefusals();

  /** An error of the queue is answered like a refusal: one by one, and without a line in the log for each of a flood. */
  async function tellShed(error: unknown, request: FastifyRequest): Promise<never> {
    if (error instanceof GatewayError && error.code === "overloaded") {
      security.report(refusedPassword("login", "queue", {}), request.visit.request);
      await refusals.turn();
    }
    throw error;
  }

  app.post<{ Body: LoginBody }>("/auth/login", { schema: { body: loginBody } }, async (request, reply) => {
    const { email, password, remember = false } = request.body;
    const origin = origins.findOrPrimary(request.raw.headers.host);
    const device = origin.deviceCookie.read(request.headers.cookie ?? null);
    const deviceToken = device.found === "one" ? device.value : null;
    await authenticator.askForRoom(email, deviceToken).catch((error: unknown) => tellShed(error, request));

    for (let check = 0; check < MAXIMUM_CHECKS; check++) {
      const claimant = await authenticator.lookUp(email);
      const attempt = await sessions.begin(claimant.userId);
      const checked = await authenticator
        .checkLogin(claimant, { password, address: request.ip, deviceToken })
        .catch((error: unknown) => tellShed(error, request));
      // Not what was typed in place of an address: now and then that is a password.
      const about = claimant.isKnown ? { userId: claimant.userId } : {};
      if (checked.outcome === "throttled") {
        security.report(refusedPassword("login", checked.limit, about), request.visit.request);
        await refusals.turn();
        return sendTooManyAttempts(reply, checked.retryAfterSeconds);
      }
      if (checked.outcome === "invalid") {
        security.report({ event: "authn_login_fail", ...about }, request.visit.request);
        return sendProblem(reply, "invalid_credentials");
      }
      const login = await request.visit.login(attempt, { remember, data: siteData(origin) });
      if (login.outcome === "logged_in") {
        if (checked.deviceTokenDue) await rememberDevice(checked.account.id, deviceToken, request, reply);
        const { session } = login.authentication;
        const { id: userId } = checked.account;
        security.report(
          { event: "authn_login_success", userId, actorId: userId, sessionId: session.id },
          request.visit.request,
        );
        return { user: userView(checked.account), session: sessionView(session, session.id, origins) };
      }
      if (login.outcome === "refused") return sendProblem(reply, login.refusal.code);
      if (login.outcome === "session_limit_reached") return sendProblem(reply, "session_limit_reached");
    }
    return sendUnavailable(reply);
  });

  async function rememberDevice(
    userId: string,
    replaced: string | null,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    try {
      const token = await devices.issue(userId, replaced);
      const { deviceCookie } = origins.findOrPrimary(request.raw.headers.host);
      reply.header("set-cookie", deviceCookie.write(token, KNOWN_DEVICE_LIFETIME_SECONDS));
    } catch (error) {
      // The session is there and its cookie is on the way: an answer that says "failed" would be wrong.
      request.log.error({ event: "device_not_remembered", err: error }, "the device could not be remembered");
    }
  }
}
