import type { RequestSession } from "coatcheck/adapter";
import type { AccountStore } from "../accounts/account-store.ts";
import { findSessionOwner } from "../accounts/session-owner.ts";
import type { SecurityEvents } from "../audit/security-events.ts";
import type { SignedAccess } from "../passes/signed-access.ts";
import type { RouteAccess } from "../routing/route.ts";
import type { ForwardedIdentity } from "./upstream/forwarded-request.ts";

export type AccessDecision =
  | {
      readonly outcome: "granted";
      readonly identity: ForwardedIdentity;
      readonly session: { readonly userId: string; readonly id: string };
    }
  | { readonly outcome: "unauthenticated" }
  | { readonly outcome: "refused"; readonly code: "forbidden" | "reauthentication_required" };

const UNAUTHENTICATED: AccessDecision = { outcome: "unauthenticated" };

/** What is asked of a user, by a route of the gateway's or by a proxy that has it ask. */
export type AskedAccess = Exclude<RouteAccess, { readonly kind: "public" }>;

/**
 * AccessDecider decides whether the user of a request may pass, and which identity the service is told. It is the same
 * for every way in.
 */
export class AccessDecider {
  readonly #accounts: AccountStore;
  readonly #access: SignedAccess;
  readonly #security: SecurityEvents;

  constructor(parts: {
    readonly accounts: AccountStore;
    readonly access: SignedAccess;
    readonly security: SecurityEvents;
  }) {
    this.#security = parts.security;
    this.#accounts = parts.accounts;
    this.#access = parts.access;
  }

  async decide(
    visit: RequestSession,
    asked: AskedAccess,
    { audience, slide }: { readonly audience: string; readonly slide: boolean },
  ): Promise<AccessDecision> {
    const authentication = await visit.authenticate({ slide });
    if (authentication.status !== "authenticated") return UNAUTHENTICATED;
    const { session } = authentication;
    const account = await findSessionOwner(this.#accounts, session);
    if (account === null) return UNAUTHENTICATED;
    if (asked.kind === "fresh_login" && !authentication.fresh) {
      return { outcome: "refused", code: "reauthentication_required" };
    }
    if (asked.kind === "role" && !account.roles.includes(asked.role)) {
      const about = { userId: account.id, actorId: account.id, sessionId: session.id };
      this.#security.report(
        { event: "authz_fail", ...about, detail: { asked: `role:${asked.role}`, audience } },
        visit.request,
      );
      return { outcome: "refused", code: "forbidden" };
    }

    const issued = await this.#access.identityToken({ account, authentication }, audience);
    // Less than a second is left of the session.
    if (issued.outcome === "refused") return UNAUTHENTICATED;
    const { id: userId, email, name, roles } = account;
    const identity = { token: issued.token, userId, email, name, roles };
    return { outcome: "granted", identity, session: { userId, id: session.id } };
  }
}
