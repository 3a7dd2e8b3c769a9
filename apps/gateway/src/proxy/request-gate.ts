import type { IncomingMessage } from "node:http";
import { type Answer, type Awaitable, after, answerTo, type HeaderEdit } from "coatcheck/adapter";
import type { OriginDoors, UserSession } from "../doors/origin-doors.ts";
import type { ProblemCode } from "../http/problem.ts";
import { guardedHeaders } from "../http/request-headers.ts";
import type { ServedOrigin } from "../http/served-origins.ts";
import { namedPathsOf } from "../one-reading/named-paths.ts";
import { type RequestTarget, readRequestTarget } from "../one-reading/request-target.ts";
import type { Route, RouteAccess } from "../routing/route.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { AccessDecider, AskedAccess } from "./access-decision.ts";
import type { AdmittedRequest } from "./upstream/upstreams.ts";

export interface RequestGateParts {
  readonly doors: OriginDoors;
  readonly routes: RouteTable;
  readonly decider: AccessDecider;
}

export type GateDecision =
  /** Not a route's: the gateway answers by itself. */
  | { readonly kind: "own" }
  | { readonly kind: "forward"; readonly admitted: AdmittedRequest }
  | {
      readonly kind: "problem";
      readonly code: ProblemCode;
      readonly auth: UserSession | null;
      /** Headers that the answer must carry, too. */
      readonly headers: readonly HeaderEdit[];
    }
  /** A person who opens a page is sent to where they can do something about it. */
  | { readonly kind: "redirect"; readonly location: string; readonly auth: UserSession }
  | { readonly kind: "answer"; readonly answer: Answer };

const OWN: GateDecision = { kind: "own" };

/** RequestGate decides which requests reach an upstream, and with which identity. It writes nothing. */
export class RequestGate {
  readonly #parts: RequestGateParts;

  constructor(parts: RequestGateParts) {
    this.#parts = parts;
  }

  /** `origin` is the one that the request is for. At once, where all that it asks is at hand. */
  decide(
    request: IncomingMessage,
    origin: ServedOrigin,
    { clientAddress, id }: { readonly clientAddress: string; readonly id: string },
  ): Awaitable<GateDecision> {
    const { routes } = this.#parts;
    if (routes.isEmpty) return OWN;
    const target = readRequestTarget(request.url ?? "");
    if (target === null) return problem("invalid_path", null);
    const match = routes.match(target, origin.host);
    if (match.found === "none") return OWN;
    if (match.found === "ambiguous") return problem("invalid_path", null);
    const { route } = match;
    // Another coding would be removed with the framing, and the upstream would not learn of it (RFC 9112, 7).
    const coding = request.headers["transfer-encoding"];
    if (coding !== undefined && coding.toLowerCase() !== "chunked") return problem("invalid_request", null);
    // An upstream that echoes the request would hand its identity token to the client (RFC 9110, 9.3.8).
    if (request.method === "TRACE") return problem("method_not_allowed", null);
    const further = this.#furtherAccess(request, { route, target, host: origin.host });
    if (further === null) return problem("invalid_path", null);

    // Requests of other sites to a public route, such as a payment's answer or an API call, are for the service to judge.
    const { serviceAuth, publicAuth } = this.#parts.doors.of(origin);
    const auth = (route.access.kind === "public" ? publicAuth : serviceAuth).admit({
      method: request.method ?? "GET",
      url: request.url,
      headers: guardedHeaders(request.headers),
      clientAddress,
      id,
    });
    if (!auth.ok) {
      return auth.code === "preflight"
        ? { kind: "answer", answer: answerTo(auth) }
        : problem(auth.code, null, auth.headers);
    }
    const common = { origin, route, target: target.forwarded, auth, clientAddress };
    if (route.access.kind === "public") {
      // No session is looked at here.
      if (further.length > 0) return problem("forbidden", null);
      return { kind: "forward", admitted: { ...common, identity: null, session: null } };
    }
    return this.#decideForUser(further, route.access, common);
  }

  /** The access that a request needs for the other paths that it acts on; null where those are unclear. */
  #furtherAccess(
    request: IncomingMessage,
    { route, target, host }: { readonly route: Route; readonly target: RequestTarget; readonly host: string },
  ): readonly AskedAccess[] | null {
    const paths = namedPathsOf(request, target);
    if (paths === null) return null;
    const { named, isDeep } = paths;
    const others = [...named, ...(isDeep ? [target] : [])];
    const further: RouteAccess[] = [];
    for (const each of others) {
      const access = this.#parts.routes.furtherAccess(route, { target: each, isDeep }, host);
      if (access === null) return null;
      further.push(...access);
    }
    return [...new Map(further.map((access) => [nameOf(access), access])).values()].filter(isAsked);
  }

  /** All that is asked, one after the other: the first no is the answer. */
  #decideForUser(
    further: readonly AskedAccess[],
    ofRoute: AskedAccess,
    common: Omit<AdmittedRequest, "identity" | "session"> & { readonly auth: UserSession },
  ): Awaitable<GateDecision> {
    const { auth, route } = common;
    const [access = ofRoute, ...others] = further;
    return after(this.#parts.decider.decide(auth, access, route.audience), (decision) => {
      if (decision.outcome === "refused") {
        const { code, location } = decision;
        return location === null ? problem(code, auth) : { kind: "redirect", location, auth };
      }
      if (further.length > 0) return this.#decideForUser(others, ofRoute, common);
      return { kind: "forward", admitted: { ...common, identity: decision.identity, session: decision.session } };
    });
  }
}

function nameOf(access: RouteAccess): string {
  return access.kind === "role" ? `role:${access.role}` : access.kind;
}

function isAsked(access: RouteAccess): access is AskedAccess {
  return access.kind !== "public";
}

function problem(code: ProblemCode, auth: UserSession | null, headers: readonly HeaderEdit[] = []): GateDecision {
  return { kind: "problem", code, auth, headers };
}
