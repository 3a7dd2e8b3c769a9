import type { Refusal } from "coatcheck";
import { type Awaitable, after, opensPage } from "coatcheck/adapter";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { UserSession } from "../doors/origin-doors.ts";
import type { PassHolder, SignedAccess } from "../passes/signed-access.ts";
import type { RouteAccess } from "../routing/route.ts";
import type { ForwardedIdentity } from "./upstream/forwarded-request.ts";

export type AccessDecision =
  | {
      readonly outcome: "granted";
      readonly identity: ForwardedIdentity;
      readonly session: { readonly userId: string; readonly id: string };
    }
  | {
      readonly outcome: "refused";
      readonly code: "unauthenticated" | "reauthentication_required" | "forbidden";
      /** Where a person who opens a page can do something about it, and is led back from; null for scripts. */
      readonly location: string | null;
    };

/** The access that a route of the gateway, or a proxy that asks the gateway, requires of a user. */
export type AskedAccess = Exclude<RouteAccess, { readonly kind: "public" }>;

/**
 * AccessDecider decides whether the user of a request may pass, and which identity the service is told. It is the same
 * for every way in.
 */
export class AccessDecider {
  readonly #access: SignedAccess;
  readonly #security: SecurityEvents;

  constructor(parts: { readonly access: SignedAccess; readonly security: SecurityEvents }) {
    this.#security = parts.security;
    this.#access = parts.access;
  }

  /** At once, where the session, its user and a token are at hand. */
  decide(auth: UserSession, asked: AskedAccess, audience: string): Awaitable<AccessDecision> {
    return after(auth.requireLogin(), (refusal) => {
      const { user, authentication } = auth;
      if (refusal !== null) return refusedBy(auth, "unauthenticated", refusal);
      if (user === null || authentication === null) return refusedBy(auth, "unauthenticated", auth.refuseLogin());
      const holder = { account: user.account, authentication };
      if (asked.kind !== "fresh_login") return this.#decideFor(holder, auth, asked, audience);
      return after(auth.requireFresh(), (stale) =>
        stale === null
          ? this.#decideFor(holder, auth, asked, audience)
          : refusedBy(auth, "reauthentication_required", stale),
      );
    });
  }

  #decideFor(holder: PassHolder, auth: UserSession, asked: AskedAccess, audience: string): Awaitable<AccessDecision> {
    const { account, authentication } = holder;
    const { session } = authentication;
    if (asked.kind === "role" && !account.roles.includes(asked.role)) {
      const about = { userId: account.id, actorId: account.id, sessionId: session.id };
      this.#security.report(
        { event: "authz_fail", ...about, detail: { asked: `role:${asked.role}`, audience } },
        auth.request,
      );
      return { outcome: "refused", code: "forbidden", location: null };
    }

    return after(this.#access.identityToken(holder, audience), (issued) => {
      // Less than a second is left of the session.
      if (issued.outcome === "refused") return refusedBy(auth, "unauthenticated", auth.refuseLogin());
      const { id: userId, email, name, roles } = account;
      const identity = { token: issued.token, userId, email, name, roles };
      return { outcome: "granted", identity, session: { userId, id: session.id } };
    });
  }
}

/** Who sends a form gets a page in place of a redirection: it says that what was typed has not arrived. */
function refusedBy(
  { request }: UserSession,
  code: "unauthenticated" | "reauthentication_required",
  { location }: Pick<Refusal, "location">,
): AccessDecision {
  return { outcome: "refused", code, location: opensPage(request) ? location : null };
}
