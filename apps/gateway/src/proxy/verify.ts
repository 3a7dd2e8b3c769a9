import type { IncomingMessage } from "node:http";
import type { RequestGuard } from "coatcheck";
import type { FastifyInstance, FastifyReply } from "fastify";
import { parseAccess } from "../config/parse-routes.ts";
import { InvalidValue } from "../config/parse-values.ts";
import { isServedHost } from "../served-host.ts";
import { slides } from "../sliding.ts";
import type { AccessDecider, AskedAccess } from "./access-decision.ts";
import { remoteHeaders } from "./forwarded-request.ts";
import { type OriginalRequest, originalRequest, type VerifyDialect } from "./original-request.ts";
import { opensPage } from "./page-request.ts";
import { signInLocation } from "./request-gate.ts";

export interface VerifyParts {
  readonly guard: RequestGuard;
  readonly decider: AccessDecider;
  /** Whether the connection is from a proxy of ours: of others nothing is believed. */
  readonly isTrustedPeer: (request: IncomingMessage) => boolean;
}

type Verdict =
  | { readonly status: 200; readonly headers: readonly string[] }
  | { readonly status: 401 | 403 }
  | { readonly status: 302; readonly location: string };

const PATH = /^\/auth\/verify\/(nginx|forward|envoy)(?=[/?]|$)(.*)$/;
const LOGIN: AskedAccess = { kind: "login" };

/**
 * Answers proxies that ask whether a request may pass (forward-auth): 200 with who it is, 401, 403 or, for a person who
 * opens a page, 302 to sign in; never with a body. nginx turns any other status into a 500, a redirection too, so it
 * gets none. Nothing is rotated and no cookie is set, for most proxies give it to nobody.
 *
 * Answered before anything else looks at the request: its Host and its method may be the original's.
 */
export function addVerify(app: FastifyInstance, parts: VerifyParts): void {
  app.addHook("onRequest", async (request, reply) => {
    const [, dialect, rest = ""] = PATH.exec(request.raw.url ?? "") ?? [];
    if (dialect === undefined) return undefined;
    return answer(reply, await verdictOn(request.raw, dialect as VerifyDialect, rest, parts));
  });
}

async function verdictOn(
  request: IncomingMessage,
  dialect: VerifyDialect,
  rest: string,
  { guard, decider, isTrustedPeer }: VerifyParts,
): Promise<Verdict> {
  if (!isTrustedPeer(request)) return { status: 403 };
  const { headers, method = "GET" } = request;
  const original = originalRequest(dialect, { method, rest, headers });
  // Cookies are of one host: for another one there can be no session here.
  if (original.host === null || !isServedHost(original.host, guard.origin)) return { status: 403 };
  const asked = dialect === "envoy" ? LOGIN : accessIn(rest);
  if (asked === null) return { status: 403 };

  const admission = guard.admit({
    // Whoever does not say is taken to change something.
    method: original.method ?? "POST",
    url: original.target,
    headers: { get: (name) => headerText(headers[name]) },
  });
  if (!admission.admitted) return { status: 403 };
  const decision = await decider.decide(admission, asked, {
    audience: guard.origin.text,
    slide: slides(headers),
  });
  if (decision.outcome === "refused") return { status: 403 };
  if (decision.outcome === "unauthenticated") return nobody(dialect, original, request, guard);
  const { identity } = decision;
  return { status: 200, headers: ["authorization", `Bearer ${identity.token}`, ...remoteHeaders(identity)] };
}

/** What the proxy's configuration asks for in the query of the address that it has; a login, where it says nothing. */
function accessIn(rest: string): AskedAccess | null {
  const parameters = new URLSearchParams(rest.startsWith("?") ? rest : "");
  const [value, ...others] = parameters.getAll("access");
  if (value === undefined) return LOGIN;
  try {
    const access = parseAccess(value);
    return others.length > 0 || access.kind === "public" ? null : access;
  } catch (error) {
    if (error instanceof InvalidValue) return null;
    throw error;
  }
}

function nobody(
  dialect: VerifyDialect,
  { method, target }: OriginalRequest,
  { headers }: IncomingMessage,
  guard: RequestGuard,
): Verdict {
  if (dialect === "nginx" || method === null || !opensPage(method, headers)) return { status: 401 };
  return { status: 302, location: guard.origin.text + signInLocation(target) };
}

function answer(reply: FastifyReply, verdict: Verdict): FastifyReply {
  reply.code(verdict.status).header("cache-control", "no-store");
  if (verdict.status === 302) reply.header("location", verdict.location);
  if (verdict.status === 200) {
    const { headers } = verdict;
    for (let index = 0; index + 1 < headers.length; index += 2) reply.header(headers[index] ?? "", headers[index + 1]);
  }
  return reply.send();
}

function headerText(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}
