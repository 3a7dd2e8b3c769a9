import type { AuthSession, SessionManager } from "coatcheck";
import type { GuardedRequest, HostCookie } from "coatcheck/adapter";
import { coatcheck, type FastifyAuth, type FastifyDoors, fastifyDoors } from "coatcheck/fastify";
import type { AccountStore, SessionOwner } from "../accounts/account-store.ts";
import { mayPass } from "../accounts/session-owner.ts";
import { sendProblem } from "../http/problem.ts";
import { extendsSession, isPoll } from "../http/request-headers.ts";
import type { ServedOrigin, ServedOrigins } from "../http/served-origins.ts";
import { CONFIRM_PATH, SIGN_IN_PATH } from "../pages/page-locations.ts";

/** The session of a request, with the account of its user. */
export type UserSession = AuthSession<SessionOwner>;

/** The library's front door, for all requests of the gateway's own paths. */
export type GatewayAuth = FastifyDoors<SessionOwner>;

/** The parts that serve the requests of one origin. */
export interface OriginDoor {
  /** Knows the origin and its cookie, and refuses what pages of any other made the browser send. */
  readonly auth: FastifyAuth<SessionOwner>;
  /** The same on the way to a service: a query is the service's own there, and says nothing of the session. */
  readonly serviceAuth: FastifyAuth<SessionOwner>;
  /** The same where no session is looked at: pages of others are refused there only with the cookie. */
  readonly publicAuth: FastifyAuth<SessionOwner>;
}

interface OriginDoorsParts {
  readonly origins: ServedOrigins;
  readonly sessions: SessionManager;
  readonly accounts: Pick<AccountStore, "findSessionOwner">;
}

/**
 * OriginDoors has a front door of the library's for each public origin, over the same sessions. A live session is not
 * enough to pass one: that of a disabled account, or of one whose credential changed while the session store could not take
 * the revocation yet, is refused until it is gone.
 */
export class OriginDoors {
  /** By the origin that a request's Host header names; the primary one for what every host name is answered. */
  readonly auth: GatewayAuth;
  readonly #doors: ReadonlyMap<ServedOrigin, OriginDoor>;

  constructor(parts: OriginDoorsParts) {
    const { origins } = parts;
    this.#doors = new Map(origins.all.map((served) => [served, openDoors(served, parts)]));
    this.auth = fastifyDoors(({ raw }) => this.of(origins.findOrPrimary(raw.headers.host)).auth);
  }

  /** The names under which browsers keep sessions. */
  get cookies(): readonly HostCookie[] {
    return [...this.#doors.values()].map(({ auth }) => auth.guard.cookie);
  }

  /** @throws RangeError for an origin of others */
  of(served: ServedOrigin): OriginDoor {
    const door = this.#doors.get(served);
    if (door === undefined) throw new RangeError(`${served.origin.text} has no door here.`);
    return door;
  }
}

function openDoors({ origin }: ServedOrigin, { sessions, accounts }: OriginDoorsParts): OriginDoor {
  const open = (
    crossOriginRequests: "refuse_always" | "refuse_with_cookie",
    isPollHere: (request: GuardedRequest) => boolean = isPoll,
  ) =>
    coatcheck({
      sessions,
      origin: origin.text,
      headerlessRequests: "refuse",
      crossOriginRequests,
      // Decided where the origin was read.
      dangerouslyAllowInsecureOrigin: !origin.isSecure,
      isPoll: isPollHere,
      findUser: (userId) => accounts.findSessionOwner(userId),
      isActive: mayPass,
      // A user agent proves nothing, and changes with every update of a browser.
      sessionProtection: "off",
      loginView: SIGN_IN_PATH,
      refreshView: CONFIRM_PATH,
      // Of the gateway's own calls. The cookie stays: this may be a race or a fault.
      unauthorizedHandler: (_refusal, _request, reply) => sendProblem(reply, "unauthenticated"),
      needsRefreshHandler: (_refusal, _request, reply) => sendProblem(reply, "reauthentication_required"),
    });
  const isPollOfService = (request: GuardedRequest) => !extendsSession(request);
  return {
    auth: open("refuse_always"),
    serviceAuth: open("refuse_always", isPollOfService),
    publicAuth: open("refuse_with_cookie", isPollOfService),
  };
}
