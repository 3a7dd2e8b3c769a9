import type { IncomingMessage } from "node:http";
import { type Answer, answerTo, type HeaderEdit, type RequestGuard, safeNext, type Visit } from "coatcheck";
import type { SignedAccess } from "../access/signed-access.ts";
import type { AccountStore } from "../accounts/account-store.ts";
import { findSessionOwner } from "../accounts/session-owner.ts";
import type { ProblemCode } from "../problem.ts";
import type { ForwardedIdentity } from "./forwarded-request.ts";
import { readRequestTarget } from "./request-target.ts";
import type { Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";
import type { AdmittedRequest } from "./upstreams.ts";

export interface RequestGateParts {
  readonly routes: RouteTable;
  readonly guard: RequestGuard;
  readonly accounts: AccountStore;
  readonly access: SignedAccess;
}

export type GateDecision =
  /** Not a route's: the gateway answers by itself. */
  | { readonly kind: "own" }
  | { readonly kind: "forward"; readonly admitted: AdmittedRequest }
  | {
      readonly kind: "problem";
      readonly code: ProblemCode;
      readonly visit: Visit | null;
      /** What the answer must carry besides. */
      readonly headers: readonly HeaderEdit[];
    }
  /** A person who opens a page is sent to where they can do something about it. */
  | { readonly kind: "redirect"; readonly location: string; readonly visit: Visit }
  | { readonly kind: "answer"; readonly answer: Answer };

const SIGN_IN_PATH = "/auth/sign-in";
const OWN: GateDecision = { kind: "own" };

/** RequestGate decides which requests reach an upstream, and as whom. It writes nothing. */
export class RequestGate {
  readonly #parts: RequestGateParts;

  constructor(parts: RequestGateParts) {
    this.#parts = parts;
  }

  async decide(request: IncomingMessage, clientAddress: string): Promise<GateDecision> {
    const { routes, guard } = this.#parts;
    if (routes.isEmpty) return OWN;
    const target = readRequestTarget(request.url ?? "");
    if (target === null) return problem("invalid_path", null);
    const match = routes.match(target);
    if (match.found === "none") return OWN;
    if (match.found === "ambiguous") return problem("invalid_path", null);
    const { route } = match;

    const admission = guard.admit({
      method: request.method ?? "GET",
      url: request.url,
      headers: { get: (name) => headerText(request.headers[name]) },
      clientAddress,
    });
    if (!admission.admitted) {
      return admission.code === "preflight"
        ? { kind: "answer", answer: answerTo(admission) }
        : problem(admission.code, null, admission.headers);
    }
    const common = { route, visit: admission, clientAddress };
    if (route.access.kind === "public") {
      return { kind: "forward", admitted: { ...common, identity: null, session: null } };
    }
    return this.#decideForUser(request, common);
  }

  async #decideForUser(
    request: IncomingMessage,
    common: { readonly route: Route; readonly visit: Visit; readonly clientAddress: string },
  ): Promise<GateDecision> {
    const { accounts, access } = this.#parts;
    const { route, visit } = common;
    const authentication = await visit.authenticate();
    if (authentication.status !== "authenticated") return nobody(request, visit);
    const account = await findSessionOwner(accounts, authentication.session);
    if (account === null) return nobody(request, visit);
    if (route.access.kind === "fresh_login" && !authentication.fresh)
      return problem("reauthentication_required", visit);
    if (route.access.kind === "role" && !account.roles.includes(route.access.role)) return problem("forbidden", visit);

    const issued = await access.identityToken({ account, authentication }, route.audience);
    // Less than a second is left of the session.
    if (issued.outcome === "refused") return nobody(request, visit);
    const { id: userId, email, name, roles } = account;
    const identity: ForwardedIdentity = { token: issued.token, userId, email, name, roles };
    const { session } = authentication;
    return { kind: "forward", admitted: { ...common, identity, session: { userId, id: session.id } } };
  }
}

function problem(code: ProblemCode, visit: Visit | null, headers: readonly HeaderEdit[] = []): GateDecision {
  return { kind: "problem", code, visit, headers };
}

/** Whoever opens a page is sent to sign in, and back; a script is told by the status. */
function nobody({ method, url = "/", headers }: IncomingMessage, visit: Visit): GateDecision {
  const mode = headers["sec-fetch-mode"];
  const isPage = mode === undefined ? (headers.accept ?? "").includes("text/html") : mode === "navigate";
  if (!isPage || (method !== "GET" && method !== "HEAD")) return problem("unauthenticated", visit);
  return { kind: "redirect", location: `${SIGN_IN_PATH}?next=${encodeURIComponent(safeNext(url))}`, visit };
}

function headerText(value: string | readonly string[] | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : value.join(", ");
}
