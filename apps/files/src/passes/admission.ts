import type { AccessPath, Pass, PassVerdict } from "coatcheck/passes";
import type { FastifyRequest } from "fastify";
import type { ProblemCode } from "../problem.ts";
import type { PassCookie } from "./pass-cookie.ts";
import type { Passes } from "./passes.ts";
import { type PassCarrier, presentedPass } from "./presented-pass.ts";
import { readRequestTarget } from "./request-target.ts";

/** A request whose pass opens the requested path. */
export interface Entry {
  readonly path: AccessPath;
  readonly pass: Pass;
  readonly token: string;
  readonly carrier: PassCarrier;
  /** Whether the pass came in the URL and the client wants it in a cookie. */
  readonly keepsCookie: boolean;
}

export type PassAdmission =
  | ({ readonly outcome: "admitted" } & Entry)
  /** `reason` is for the log. */
  | { readonly outcome: "refused"; readonly code: ProblemCode; readonly reason: string | null };

export interface AdmissionParts {
  readonly passes: Passes;
  readonly cookie: PassCookie;
}

/** A client may put a pass in the wrong place of the path. It must not be in the log then. */
const LOOKS_LIKE_A_PASS = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * Decides whether a request is let in, before a file is looked for. Ambiguous requests are refused first, then requests
 * without a good pass. Notes the path on the request once it is understood.
 *
 * @throws CoatcheckError `keys_unavailable`
 */
export async function admit(request: FastifyRequest, { passes, cookie }: AdmissionParts): Promise<PassAdmission> {
  const target = readRequestTarget(request.raw.url ?? "");
  if (target === null) return refused("invalid_path");
  const { path, asksForCookie } = target;
  request.resourcePath = path.text.replace(LOOKS_LIKE_A_PASS, "(pass)");

  const presented = presentedPass(target, cookie.read(request.headers.cookie));
  if (presented.outcome === "several") return refused("several_passes");
  if (presented.outcome === "none") return refused("pass_refused", "no_pass");
  const { tokens, carrier } = presented;
  const keepsCookie = asksForCookie && carrier !== "cookie";
  // In a frame or an image of another site, browsers would not keep the cookie anyway. But a link from such a site could
  // give the viewer a stranger's pass in place of their own.
  if (keepsCookie && request.headers["sec-fetch-site"] === "cross-site") return refused("cross_site_cookie");
  const asked = { path: path.text, clientAddress: plainAddress(request.ip) };
  let refusal: PassAdmission = refused("pass_refused", "no_pass");
  for (const [index, token] of tokens.entries()) {
    const verdict = await passes.verify(token, asked);
    if (verdict.accepted) return { outcome: "admitted", path, pass: verdict.pass, token, carrier, keepsCookie };
    // A pass that may be valid later says more than the others.
    if (index === 0 || verdict.reason === "revocations_outdated") refusal = refusedBy(verdict);
  }
  return refusal;
}

function refused(code: ProblemCode, reason: string | null = null): PassAdmission {
  return { outcome: "refused", code, reason };
}

function refusedBy({ reason }: PassVerdict & { readonly accepted: false }): PassAdmission {
  // The pass may be valid, and the fault is ours: the client should try again.
  return refused(reason === "revocations_outdated" ? "unavailable" : "pass_refused", reason);
}

/** A socket for both families writes IPv4 addresses as IPv6. The issuer of the pass may have seen the other form. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}
