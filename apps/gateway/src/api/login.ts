import type { LoginOutcome } from "coatcheck";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { SessionOwner } from "../accounts/account-store.ts";
import type { Claimant, LoginCheck, PasswordAuthenticator } from "../accounts/credentials/password-authenticator.ts";
import { KNOWN_DEVICE_LIFETIME_SECONDS, type KnownDevices } from "../accounts/throttling/known-devices.ts";
import { PacedRefusals } from "../accounts/throttling/paced-refusals.ts";
import { refusedPassword } from "../audit/refused-password.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { GatewayError } from "../errors.ts";
import { sendProblem, sendTooManyAttempts, sendUnavailable } from "../http/problem.ts";
import type { ServedOrigins } from "../http/served-origins.ts";
import { LOGIN_PATH } from "../pages/page-locations.ts";
import { sessionView, siteData, userView } from "./session-view.ts";

export interface LoginRouteOptions {
  readonly auth: GatewayAuth;
  readonly authenticator: PasswordAuthenticator;
  readonly devices: KnownDevices;
  readonly origins: ServedOrigins;
  readonly security: SecurityEvents;
}

/** A login, and the result of its last check; null if nothing was checked. */
interface AskedLogin {
  readonly claimant: Claimant;
  readonly check: LoginCheck | null;
  readonly deviceToken: string | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
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

/**
 * Exchanges email and password for a session. The answer does not reveal what was wrong: not in status, body or time.
 */
export function addLoginRoute(app: FastifyInstance, options: LoginRouteOptions): void {
  const { auth, authenticator, devices, origins, security } = options;
  const refusals = new PacedRefusals();

  /**
   * Answers a full queue like a refusal: at the pace of refusals, and without a log line for each request of a flood.
   */
  async function tellShed(error: unknown, request: FastifyRequest): Promise<never> {
    if (error instanceof GatewayError && error.code === "overloaded") {
      security.report(refusedPassword("login", "queue", {}), auth.of(request).request);
      await refusals.turn();
    }
    throw error;
  }

  app.post<{ Body: LoginBody }>(LOGIN_PATH, { schema: { body: loginBody } }, async (request, reply) => {
    const { email, password, remember = false } = request.body;
    const origin = origins.findOrPrimary(request.raw.headers.host);
    const device = origin.deviceCookie.read(request.headers.cookie ?? null);
    const deviceToken = device.found === "one" ? device.value : null;
    await authenticator.askForRoom(email, deviceToken).catch((error: unknown) => tellShed(error, request));

    const claimant = await authenticator.lookUp(email);
    const given = { password, address: request.ip, deviceToken };
    // The check's result is more than yes or no.
    const last: { check: LoginCheck | null } = { check: null };
    const check = async () => {
      last.check = await authenticator.checkLogin(claimant, given);
      return last.check.outcome === "verified";
    };
    // `force`: the check has seen that the account is enabled, and a session begun while the account's sessions are
    // being ended gives no access either.
    const begun = { remember, data: siteData(origin), force: true };
    const login = await auth
      .login(request, claimant.userId, check, begun)
      .catch((error: unknown) => tellShed(error, request));
    return answer(login, { claimant, check: last.check, deviceToken, request, reply });
  });

  async function answer(login: LoginOutcome<SessionOwner>, asked: AskedLogin): Promise<unknown> {
    const { claimant, check, deviceToken, request, reply } = asked;
    const { request: cause } = auth.of(request);
    // Not the text that was typed in place of an address, because that is sometimes a password.
    const about = claimant.isKnown ? { userId: claimant.userId } : {};
    if (check?.outcome === "throttled") {
      security.report(refusedPassword("login", check.limit, about), cause);
      await refusals.turn();
      return sendTooManyAttempts(reply, check.retryAfterSeconds);
    }
    if (check?.outcome === "invalid") {
      security.report({ event: "authn_login_fail", ...about }, cause);
      return sendProblem(reply, "invalid_credentials");
    }
    if (!login.ok) {
      const { code } = login;
      if (code === "cross_origin_request" || code === "session_limit_reached") return sendProblem(reply, code);
      return sendUnavailable(reply);
    }
    const { session } = login;
    const { account } = login.user;
    if (check?.deviceTokenDue) await rememberDevice(account.id, deviceToken, request, reply);
    const { id: userId } = account;
    security.report({ event: "authn_login_success", userId, actorId: userId, sessionId: session.id }, cause);
    return { user: userView(account), session: sessionView(session, session.id, origins) };
  }

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
      // The session exists and its cookie is on the way: an answer that says "failed" would be wrong.
      request.log.error({ event: "device_not_remembered", err: error }, "the device could not be remembered");
    }
  }
}
