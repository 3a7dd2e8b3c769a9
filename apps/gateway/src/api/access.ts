import type { LoggedIn } from "coatcheck";
import { readAccessPath } from "coatcheck/passes";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { SessionOwner } from "../accounts/account-store.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { GatewayAuth } from "../doors/origin-doors.ts";
import { sendProblem } from "../http/problem.ts";
import type { IssuedPass, PassHolder, PassResult, SignedAccess } from "../passes/signed-access.ts";

export interface AccessRoutesOptions {
  readonly auth: GatewayAuth;
  readonly access: SignedAccess;
  readonly security: SecurityEvents;
}

/** As many songs as a playlist is likely to have. Each one costs a signature. */
const MAXIMUM_PATHS = 100;
const PATHS_AT_A_TIME = 4;

const pathSchema = { type: "string", minLength: 1, maxLength: 1_024 };
export const accessBody = {
  type: "object",
  additionalProperties: false,
  properties: { path: pathSchema, paths: { type: "array", minItems: 1, maxItems: MAXIMUM_PATHS, items: pathSchema } },
  oneOf: [{ required: ["path"] }, { required: ["paths"] }],
};
export const renewalBody = {
  type: "object",
  additionalProperties: false,
  required: ["token"],
  properties: { token: { type: "string", maxLength: 8_192 } },
};

interface AccessBody {
  readonly path?: string;
  readonly paths?: readonly string[];
}

interface RenewalBody {
  readonly token: string;
}

/** Passes for the file service, for a signed-in user who may open the path. */
export function addAccessRoutes(app: FastifyInstance, { auth, access, security }: AccessRoutesOptions): void {
  app.post<{ Body: AccessBody }>(
    "/auth/access",
    { schema: { body: accessBody } },
    auth.required<{ Body: AccessBody }>(async (request, reply, own) => {
      const { path, paths = [] } = request.body;
      if (path !== undefined) return sendPass(reply, await issue(own, path));
      // All or nothing: a client would mistake a list with gaps for a complete one.
      const { results, refused } = await issueAll(paths, (each) => issue(own, each));
      if (refused !== undefined) return sendPass(reply, refused);
      return noStore(reply).send({ passes: results.flatMap((result) => viewOf(result)) });
    }),
  );

  app.post<{ Body: RenewalBody }>(
    "/auth/access/renew",
    {
      schema: { body: renewalBody },
      // A player repeats this request by itself, so it does not show that a person is there. The session is loaded
      // after the body has arrived, because it may end meanwhile.
      preHandler: async (request) => void (await auth.of(request).load({ slide: false })),
    },
    auth.required<{ Body: RenewalBody }>(async (request, reply, own) => {
      const path = await access.renewablePath(holderOf(own), request.body.token);
      return path === null ? sendProblem(reply, "forbidden") : sendPass(reply, await issue(own, path));
    }),
  );

  /** Null for a path that could mean several things. */
  async function issue(own: LoggedIn<SessionOwner>, text: string): Promise<PassResult | null> {
    const path = readAccessPath(text);
    if (path === null) return null;
    const result = await access.issuePass(holderOf(own), path);
    if (result.outcome === "forbidden") {
      const { id: userId } = own.user.account;
      const about = { userId, actorId: userId, sessionId: own.session.id };
      security.report({ event: "authz_fail", ...about, detail: { asked: "pass", path: text } }, own.request);
    }
    return result;
  }
}

function holderOf({ user, authentication }: LoggedIn<SessionOwner>): PassHolder {
  return { account: user.account, authentication };
}

/**
 * A few at a time, because each may need a question to the application, and none after the first refusal. In order, so
 * that the refusal is the same each time.
 */
async function issueAll(
  paths: readonly string[],
  issue: (path: string) => Promise<PassResult | null>,
): Promise<{ readonly results: readonly (PassResult | null)[]; readonly refused?: PassResult | null }> {
  const results: (PassResult | null)[] = [];
  for (let index = 0; index < paths.length; index += PATHS_AT_A_TIME) {
    results.push(...(await Promise.all(paths.slice(index, index + PATHS_AT_A_TIME).map(issue))));
    const refused = results.find((result) => result === null || result.outcome !== "issued");
    if (refused !== undefined) return { results, refused };
  }
  return { results };
}

function sendPass(reply: FastifyReply, result: PassResult | null): FastifyReply {
  if (result === null) return sendProblem(reply, "invalid_path");
  if (result.outcome === "forbidden") return sendProblem(reply, "forbidden");
  if (result.outcome === "issued") return noStore(reply).send(passView(result.pass));
  // A session with less than a second left counts as ended.
  return sendProblem(reply, result.reason === "grace" ? "session_busy" : "unauthenticated");
}

function viewOf(result: PassResult | null): readonly object[] {
  return result?.outcome === "issued" ? [{ path: result.pass.path, ...passView(result.pass) }] : [];
}

function passView({ url, token, expiresAt }: IssuedPass): object {
  return { url, token, expiresAt: new Date(expiresAt).toISOString() };
}

function noStore(reply: FastifyReply): FastifyReply {
  return reply.header("cache-control", "private, no-store");
}
